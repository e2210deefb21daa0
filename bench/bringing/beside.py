"""How long people who chat wait for their messages while an export comes in, and while the index takes it in."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2

from bench.bringing import made
from bench.scenarios import done_by
from bench.support.load import Work
from bench.support.servers import Server, parley_server
from tests.support.processes import ROOT, SETTINGS_OF_OURS

PEOPLE = Work(members=20, writers=20, rate=50, warm_up_s=1)
CALM = 3  # windows, before and after
_BEHIND = """
SELECT sum(last_rev - coalesce(rev, 0))::bigint > 1000 FROM rooms LEFT JOIN search_heads ON room_id = rooms.id
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """The p99 from post to delivery in ms, of each window: while nothing comes, while it does, and the index after."""

    calm: list[float]
    importing: list[float]
    indexing: list[float]

    def times(self, beside: list[float]) -> float:
        """How much longer people wait, by the medians."""
        return statistics.median(beside) / statistics.median(self.calm)


def measure(messages: int, seconds: float, show: Callable[[str], None]) -> Beside:
    """Bring so many messages into a Parley in which twenty people write 50 a second; windows are of so many seconds."""
    found = Beside([], [], [])

    def window(into: list[float]) -> None:
        into.append(done_by(server, replace(PEOPLE, seconds=seconds)).p99_ms)

    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, parley_server(PEOPLE) as server:
        path = Path(folder, "slack.zip")
        made.write(path, messages)
        for _ in range(CALM):
            window(found.calm)
        for _ in _importing(server, path):
            window(found.importing)
        window(found.indexing)
        while _is_behind(server.database_url):
            window(found.indexing)
        for _ in range(CALM):
            window(found.calm)
    show(f"  {found}")
    return found


def _is_behind(database_url: str) -> bool:
    """Whether the index has more to take in than what people wrote just now."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(_BEHIND)
        ((is_behind,),) = cursor.fetchall()
        return bool(is_behind)


def _importing(server: Server, path: Path) -> Iterator[None]:
    """As long as the import runs."""
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OURS}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "import", "slack", str(path)],
        cwd=ROOT,
        env={**inherited, "DATABASE_URL": server.database_url},
        stdout=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            yield
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with {process.returncode}")
