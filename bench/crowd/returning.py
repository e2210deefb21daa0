"""What it costs when everybody comes back at once: a server with thousands of sockets is restarted.

    python -m bench.crowd.returning [--sockets 5000] [--people 500]

Opens the sockets in five processes, restarts Parley by SIGTERM, and lets all of them return and resume from 40 changes
back: spread over five seconds as pages do, and in another run without waiting.
"""

import os
import resource
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import click
import psycopg2

from app.db.embedded import embedded
from bench.support.alongside import Alongside
from bench.support.people import logged_in
from bench.support.readers import Flock
from bench.support.servers import SETTINGS
from bench.support.writer import Writer
from tests.support.processes import free_port, parley

FLOCKS = 5
BEHIND = 40


@dataclass(frozen=True, slots=True)
class Return:
    """One restart. Times in seconds; `live_s` counts from the moment in which the new process was ready."""

    sockets: int
    spread_over_s: float
    ended_s: float
    ready_s: float
    live_s: float
    transactions: int
    connections: int
    closed: dict[str, int]


@click.command(help=__doc__)
@click.option("--sockets", default=5_000, show_default=True)
@click.option("--people", default=500, show_default=True, help="Whose sockets they are.")
def main(sockets: int, people: int) -> None:
    for one in measure_both(sockets, people):
        print(f"{one.sockets} sockets of {people} people return, spread over {one.spread_over_s:.0f} s")
        print(f"  ended {one.ended_s:.1f} s after SIGTERM, ready again after {one.ready_s:.1f} s")
        print(f"  all live {one.live_s:.1f} s after that")
        print(f"  {one.transactions} transactions, at most {one.connections} connections; closed with {one.closed}")


def measure_both(sockets: int, people: int) -> list[Return]:
    """One restart from which everybody returns within five seconds, as pages do, and one with no waiting."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        os.chmod(folder, 0o711)
        with embedded.running(Path(folder) / "postgres", lambda _: None) as database:
            cookies: list[str] = []
            return [measure(Path(folder), database.url, sockets, people, jitter, cookies) for jitter in (5.0, 0.0)]


def measure(folder: Path, url: str, sockets: int, people: int, jitter_s: float, cookies: list[str]) -> Return:
    """One restart."""
    port = str(free_port())
    settings = {**SETTINGS, "DATABASE_URL": url, "PORT": port}
    flocks: list[Flock] = []
    try:
        with parley(folder / "first", **settings) as before:
            before.until_ready()
            cookies += logged_in(url, people) if not cookies else []
            with Writer(f"http://127.0.0.1:{port}", cookies[0], rate=100, size=100) as writer:
                while writer.acknowledged <= 2 * BEHIND:
                    time.sleep(0.1)
            for number in range(FLOCKS):
                own = [cookies[index % people] for index in range(number, sockets, FLOCKS)]
                flocks.append(Flock(int(port), own, jitter_s, BEHIND))
                flocks[-1].until_live()
                flocks[-1].report()
            signalled = time.monotonic()
            before.send(signal.SIGTERM)
            before.until_ended()
            ended = time.monotonic()
        with Watch(url) as watch, parley(folder / "second", **settings) as after:
            after.until_ready()
            ready = time.monotonic()
            live = max(flock.until_live() for flock in flocks)
            closed: Counter[str] = Counter()
            for flock in flocks:
                closed.update(flock.report()["closed"])
    finally:
        for flock in flocks:
            flock.end()
    times = (ended - signalled, ready - signalled, live - ready)
    return Return(sockets, jitter_s, *times, watch.transactions, watch.most, dict(closed))


class Watch(Alongside):
    """Counts what the app asks of the database while the block lasts, at whose end it must be gone.

    Looks on from another database of the server, so that its own questions do not count.
    """

    _SETTLE_S = 1  # a backend reports what it did when it ends
    _TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'parley'"
    _CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parley'"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._connection: Any = psycopg2.connect(url, dbname="postgres")
        self._connection.autocommit = True
        self.transactions = self.most = 0

    def __enter__(self) -> Self:
        time.sleep(self._SETTLE_S)
        self.transactions = -self._ask(self._TRANSACTIONS)
        return super().__enter__()

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        time.sleep(self._SETTLE_S)
        self.transactions += self._ask(self._TRANSACTIONS)
        self._connection.close()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, self._ask(self._CONNECTIONS))

    def _ask(self, statement: str) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
