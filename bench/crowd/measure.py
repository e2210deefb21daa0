"""Very many sockets: what each takes, what a message to all of them takes, and how they all come back from a restart.

    python -m bench.crowd.measure [--sockets 75000] [--processes 4]

The sockets belong to 500 people, who are all in one room: who is here is told to each of them. They are held by as many
loads as there are processes, since a program may have some 20,000 descriptors. As a page does, each resumes.
"""

import random
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click
import psutil

from app.base.config import DatabaseConfig
from app.db.embedded import embedded
from app.operating.opening import CONNECTIONS_BESIDE_POOL
from bench.crowd.returning import Watch
from bench.support.load import Load, Work
from bench.support.people import logged_in
from bench.support.servers import SETTINGS, postmaster, spent
from tests.support.processes import Parley, parley

SOCKETS, PEOPLE, PROCESSES = 75_000, 500, 4
SETTLE_S, SECONDS = 5.0, 20.0
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was found.

    Attributes:
        kib_a_socket: resident memory of the servers.
        p50_ms, p99_ms: from a frame in to the frames out, one message a second to all.
        server_cores, database_cores, load_cores: during that.
        ended_s: from SIGTERM to the end of the processes.
        back_s: from the next ones' first that serves until all sockets are live again; `at_once` of each load are on
            their way.
        connections, pools: the most that the database had meanwhile, and how many all pools may have.
    """

    sockets: int
    processes: int
    opened_s: float
    kib_a_socket: float
    p50_ms: float
    p99_ms: float
    server_cores: float
    database_cores: float
    load_cores: float
    ended_s: float
    back_s: float
    at_once: int
    connections: int
    pools: int


@click.command(help=__doc__)
@click.option("--sockets", default=SOCKETS, show_default=True)
@click.option("--processes", default=PROCESSES, show_default=True)
def main(sockets: int, processes: int) -> None:
    print(measure(sockets, processes))


def measure(sockets: int, processes: int = PROCESSES, seconds: float = SECONDS, code: Path | None = None) -> Crowd:
    """Open all sockets, let one message a second go to all of them, restart the server, and let all return.

    `code` is a folder with another Parley.

    Raises:
        RuntimeError: a message did not reach everyone, or a socket was cut off.
    """
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with embedded.running(folder / "postgres", lambda _: None) as database:
            settings = {**SETTINGS, "DATABASE_URL": database.url, "WEB_CONCURRENCY": str(processes)}
            settings["PORT"] = str(_port())
            with parley(folder / "first", code=code, **settings) as first:
                first.until_ready()
                cookies = logged_in(database.url, PEOPLE)
                crowd = [(1, cookies[number % PEOPLE]) for number in range(sockets)]
                before = _memory(first)
                begun = time.monotonic()
                with _opened(first.port, crowd, processes, seconds, at_once=64) as loads:
                    opened_s = time.monotonic() - begun
                    time.sleep(SETTLE_S)
                    kib = (_memory(first) - before) / 1024 / sockets
                    paced = _paced(first, postmaster(folder), loads, len(crowd), seconds)
                    signalled = time.monotonic()
                    first.send(signal.SIGTERM)
                    first.until_ended()
                    ended_s = time.monotonic() - signalled
            with Watch(database.url) as watch, parley(folder / "second", code=code, **settings) as second:
                second.until_ready()
                ready = time.monotonic()
                with _opened(second.port, crowd, processes, seconds, AT_ONCE):
                    back_s = time.monotonic() - ready
    pools = processes * (DatabaseConfig(_env_file=None).db_pool + CONNECTIONS_BESIDE_POOL)
    return Crowd(sockets, processes, opened_s, kib, *paced, ended_s, back_s, AT_ONCE, watch.most, pools)


def _port() -> int:
    """A free port below those that the system gives to the loads: they take all of them."""
    for port in random.sample(range(10_000, 30_000), 100):
        with socket.socket() as sock, suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def _memory(server: Parley) -> int:
    """Resident bytes of all its processes but the database's."""
    main = psutil.Process(server.process.pid)
    return sum(one.memory_info().rss for one in (main, *main.children(recursive=True)))


@contextmanager
def _opened(
    port: int, crowd: Sequence[tuple[int, str]], count: int, seconds: float, at_once: int
) -> Iterator[list[Load]]:
    """So many loads with all sockets open, of which the first posts; each comes from addresses of its own."""
    loads = [
        Load(
            port,
            Work(writers=int(number == 0), rate=int(number == 0), warm_up_s=2, seconds=seconds),
            crowd[number::count],
            LOAD_FROM=f"127.0.1.{number + 1}",
            LOAD_OPENING=str(at_once),
            LOAD_RESUMES="1",
        )
        for number in range(count)
    ]
    try:
        with ThreadPoolExecutor(count) as threads:
            list(threads.map(Load.__enter__, loads))
        yield loads
    finally:
        for load in loads:
            load.__exit__(None, None, None)


def _paced(
    server: Parley, database: psutil.Process, loads: Sequence[Load], sockets: int, seconds: float
) -> tuple[float, float, float, float, float]:
    """One message a second to all: p50, p99, and the cores of the server, the database and the loads."""
    main = psutil.Process(server.process.pid)
    for load in loads:
        load.go()
    begins = [load.wait_for("begin") for load in loads]
    used = spent(main), spent(database)
    ends = [load.wait_for("end") for load in loads]
    now = spent(main), spent(database)
    done = [load.wait_for("done") for load in loads]
    received, posted = sum(one["all_received"] for one in done), done[0]["all_due"] // (sockets // len(loads))
    if any(one["errors"] for one in done) or received != posted * sockets:
        raise RuntimeError(f"{received} messages came of {posted * sockets}: {done}")
    p50, p99 = (max(one[name] for one in ends) for name in ("p50_ms", "p99_ms"))
    load_s = sum(end["load_cpu_s"] - begin["load_cpu_s"] for begin, end in zip(begins, ends, strict=True))
    return p50, p99, *((after - then) / seconds for after, then in zip(now, used, strict=True)), load_s / seconds


if __name__ == "__main__":
    main()
