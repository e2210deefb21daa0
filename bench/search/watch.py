"""Looks at rooms and index every few milliseconds: when a message is committed, and when it is found."""

import time
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import psycopg2

from bench.scenarios import Figures
from bench.search.town.texts import Array
from bench.support.alongside import Alongside

EVERY_S = 0.005
PATIENCE_S = 120
_LOOK = """
SELECT id, last_seq, coalesce((SELECT seq FROM search WHERE room_id = id ORDER BY seq DESC LIMIT 1), 0)
FROM rooms WHERE id <= %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Found:
    """From a message's commit, which its ack follows, until a search finds it; of all messages.

    `level_s` is how long after the last post everything was found.
    """

    posts: float
    p50_ms: float
    p99_ms: float
    most_ms: float
    level_s: float
    server_cores: float
    database_cores: float


class Watch(Alongside):
    """Looks while the block lasts, from a thread of its own."""

    def __init__(self, database_url: str, rooms: int) -> None:
        super().__init__()
        self._database_url, self._rooms = database_url, rooms
        self._looks: list[tuple[float, list[tuple[int, int, int]]]] = []

    def until_level(self) -> None:
        """Wait until all that was written is found.

        Raises:
            RuntimeError: it takes too long.
        """
        begun = time.monotonic()
        while self._looks[-1][0] < begun or any(written > found for _, written, found in self._looks[-1][1]):
            if time.monotonic() > begun + PATIENCE_S:
                raise RuntimeError(f"the index is behind: {self._looks[-1][1]}")
            time.sleep(EVERY_S)

    def found(self, figures: Figures) -> Found:
        """What came of it; `figures` are those of the load."""
        times = np.array([time for time, _ in self._looks])
        rooms = np.array([[counts for _, *counts in look] for _, look in self._looks])  # look, room, written and found
        lags = np.concatenate([_lags(times, rooms[:, room]) for room in range(rooms.shape[1])])
        p50, p99, most = (float(np.quantile(lags, cut)) * 1e3 for cut in (0.5, 0.99, 1))
        last_written = times[np.searchsorted(rooms[:, :, 0].sum(axis=1), rooms[-1, :, 0].sum())]
        level = times[np.argmax((rooms[:, :, 1] >= rooms[-1, :, 0]).all(axis=1))] - last_written
        return Found(figures.posts, p50, p99, most, float(level), figures.server_cores, figures.database_cores)

    def _run(self) -> None:
        with closing(psycopg2.connect(self._database_url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not self._over.is_set():
                cursor.execute(_LOOK, (self._rooms,))
                self._looks.append((time.monotonic(), cursor.fetchall()))
                time.sleep(EVERY_S)


def _lags(times: Array, counts: Array) -> Array:
    """Of each message of a room, seconds between the look that saw it written and the one that saw it found."""
    written, found = counts[:, 0], counts[:, 1]
    seqs = np.arange(written[0] + 1, found.max() + 1)
    return times[np.searchsorted(found, seqs)] - times[np.searchsorted(written, seqs)]
