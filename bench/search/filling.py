"""The messages that were there before there was a search: how long it takes to index them, and who notices."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import psycopg2

from bench.scenarios import Figures, done_by
from bench.search.held import index_held
from bench.search.town.index import left
from bench.support.load import Work
from bench.support.people import cookies_of
from bench.support.servers import SETTINGS, Server, postmaster
from tests.support.processes import parley

PACE = Work(members=20, writers=20, rate=100, warm_up_s=2, seconds=8)
LOOK_S, SHOW_S = 0.5, 20
_JOIN = """
INSERT INTO memberships (room_id, user_id) SELECT 1, id FROM users WHERE login LIKE 'author%%' ORDER BY id LIMIT %s
ON CONFLICT (room_id, user_id) DO UPDATE SET level = 'all' RETURNING user_id
"""


@dataclass(frozen=True, slots=True)
class Filling:
    """`messages` in `lasted_s`, with the CPU that this took; p99 of posts at 100 a second, without it and beside it."""

    messages: int
    lasted_s: float
    server_cpu_s: float
    database_cpu_s: float
    p99_alone_ms: float
    p99_beside_ms: float


def measure(database_url: str, folder: Path, rounds: int, texts: Path, show: Callable[[str], None]) -> Filling:
    """Start Parley on the town, and wait until it has filled its index."""
    with _server(database_url, folder) as server:
        posting = replace(server, sockets=_writers(database_url))
        alone, beside = _in_turns(posting, rounds, replace(PACE, texts=texts)) if rounds else (0.0, 0.0)
        begun, messages = time.monotonic(), left(database_url)
        before = server.cpu_s(), server.database_cpu_s()
        shown = begun
        while still := left(database_url):
            time.sleep(LOOK_S)
            if time.monotonic() > shown + SHOW_S:
                shown = time.monotonic()
                show(f"  {messages - still:,} of {messages:,} messages filled in, {shown - begun:.0f} s")
        spent_s = server.cpu_s() - before[0], server.database_cpu_s() - before[1]
        return Filling(messages, time.monotonic() - begun, *spent_s, alone, beside)


def _writers(database_url: str) -> list[tuple[int, str]]:
    """Sockets of authors in the largest room."""
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_JOIN, (PACE.members,))
        ids = [id for (id,) in cursor.fetchall()]
    return [(1, cookie) for cookie in cookies_of(database_url, ids)]


def _in_turns(server: Server, rounds: int, work: Work) -> tuple[float, float]:
    """The p99 of posts while nobody fills, and while it is filled; medians of rounds that alternate."""
    found: dict[bool, list[Figures]] = {False: [], True: []}
    for _ in range(rounds):
        for fills in found:
            with nullcontext() if fills else index_held(server.database_url):
                found[fills].append(done_by(server, work))
    alone, beside = (statistics.median(one.p99_ms for one in found[fills]) for fills in found)
    return alone, beside


@contextmanager
def _server(database_url: str, folder: Path) -> Iterator[Server]:
    settings = {**SETTINGS, "DATABASE_URL": database_url}
    with parley(folder / "parley", **settings) as running:
        running.until_ready()
        process = psutil.Process(running.process.pid)
        yield Server(running.port, [], process, postmaster(folder), database_url)
