"""What the index costs those who post, and how soon a message is found: with texts as in the town."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench.scenarios import Figures, done_by
from bench.search.held import index_held
from bench.search.town import batches
from bench.search.town.cluster import SEED
from bench.search.watch import Found, Watch
from bench.support.load import Work
from bench.support.servers import parley_server

AT_MOST = {
    "one room": Work(members=100, writers=100, in_flight=1_000),
    "100 rooms": Work(rooms=100, members=10, in_flight=1_000),
}
PACES = (500, 5_000)  # posts a second
PACED = Work(rooms=10, members=10, seconds=20)
TEXTS = 50_000


@dataclass(frozen=True, slots=True)
class Posting:
    """Posts with the follower and without it."""

    with_index: Figures
    without: Figures

    @property
    def ratio(self) -> float:
        """Of the posts a second."""
        return self.with_index.posts / self.without.posts


@contextmanager
def texts() -> Iterator[Path]:
    """A file of texts to post, another for each of as many posts."""
    lines = batches.rows(batches.plan(TEXTS, SEED + 1), 0, [1]).splitlines()
    with tempfile.NamedTemporaryFile("w", prefix="parley-texts-", suffix=".txt") as file:
        file.writelines(json.dumps(line.split("\t")[5], ensure_ascii=False)[1:-1] + "\n" for line in lines)
        file.flush()
        yield Path(file.name)


def at_most(work: Work, rounds: int, show: Callable[[str], None]) -> Posting:
    """As many posts as go, in turns with the follower and without; the median rounds."""
    found: dict[bool, list[Figures]] = {True: [], False: []}
    for number in range(rounds):
        for followed in (True, False) if number % 2 == 0 else (False, True):
            figures = _at_most(work, followed)
            show(f"  {'with' if followed else 'without'} the index: {figures.posts:,.0f} posts/s")
            found[followed].append(figures)
    return Posting(*(sorted(found[each], key=lambda one: one.posts)[rounds // 2] for each in (True, False)))


def _at_most(work: Work, followed: bool) -> Figures:
    with parley_server(work) as server, nullcontext() if followed else index_held(server.database_url):
        return done_by(server, work)


def paced(work: Work) -> Found:
    """Posts at a steady pace: how long after its ack each is in the index."""
    with parley_server(work) as server, Watch(server.database_url, work.rooms) as watch:
        figures = done_by(server, work)
        watch.until_level()
    return watch.found(figures)
