"""What is measured: Parley as a user runs it, the usual way, and the floor; each alone with a PostgreSQL of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.db.embedded import embedded
from bench.support.load import Work, compiled
from bench.support.people import SECRET_KEY, logged_in
from tests.support.processes import ROOT, free_port, parley

SETTINGS = {
    "SECRET_KEY": SECRET_KEY,
    "SOCKETS_PER_USER": "100000",
    "POST_RATE": "1000000",
    "POST_BURST": "1000000",
    "REQUEST_FACTOR": "1000000",
    "LOG_LEVEL": "error",
}


@dataclass(frozen=True, slots=True)
class Server:
    """One that listens.

    Attributes:
        sockets: the room and the `Cookie` of each socket that may be opened.
        process: its main process, and `database` that of its PostgreSQL, at `database_url`, if it has one.
    """

    port: int
    sockets: Sequence[tuple[int, str]]
    process: psutil.Process
    database: psutil.Process | None = None
    database_url: str = ""

    def cpu_s(self) -> float:
        """Seconds of CPU that it has spent, the kernel's work for it included."""
        return spent(self.process)

    def database_cpu_s(self) -> float:
        return spent(self.database) if self.database is not None else 0.0


def spent(process: psutil.Process) -> float:
    """Seconds of CPU of a process and all below it, from the scheduler's own accounts, to the nanosecond."""
    return sum(_spent(one.pid) for one in (process, *process.children(recursive=True)))


def _spent(pid: int) -> float:
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    try:
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
    except OSError:  # it has ended since
        return 0.0


Start = Callable[[Work], AbstractContextManager[Server]]


@contextmanager
def parley_server(work: Work, processes: int = 1, code: Path | None = None, **more: str) -> Iterator[Server]:
    """Parley with every feature on, as `make run` has it; of so many processes, with more settings.

    `code` is a folder with another Parley, see `bench/support/before.py`.
    """
    with _database() as (folder, database):
        settings = {**SETTINGS, "DATABASE_URL": database.url, "WEB_CONCURRENCY": str(processes), **more}
        with parley(folder / "parley", code=code, **settings) as running:
            running.until_ready()
            cookies = logged_in(database.url, work.members * work.rooms, work.rooms)
            sockets = [(index // work.members + 1, cookie) for index, cookie in enumerate(cookies)]
            yield Server(running.port, sockets, psutil.Process(running.process.pid), postmaster(folder), database.url)


@contextmanager
def naive_server(work: Work) -> Iterator[Server]:
    """`bench/support/naive.py`."""
    with _database() as (folder, database):
        port = free_port()
        command = [sys.executable, "-m", "bench.support.naive", str(port)]
        environment = {**os.environ, "DATABASE_URL": database.url}
        with _running(command, "Running", environment) as process:
            yield Server(port, _anybody(work), process, postmaster(folder), database.url)


@contextmanager
def bare_server(folder: Path) -> Iterator[int]:
    """`bench/files/bare.py`, which keeps files in a folder; its port."""
    port = free_port()
    with _running([sys.executable, "-m", "bench.files.bare", str(port), str(folder)], "Running", {**os.environ}):
        yield port


@contextmanager
def floor_server(work: Work) -> Iterator[Server]:
    """`bench/native/floor.c`."""
    port = free_port()
    with _running([str(compiled("floor")), str(port)], "ready", {}) as process:
        yield Server(port, _anybody(work), process)


def _anybody(work: Work) -> list[tuple[int, str]]:
    return [(index // work.members + 1, "nobody=1") for index in range(work.rooms * work.members)]


@contextmanager
def _database() -> Iterator[tuple[Path, embedded.Embedded]]:
    """A PostgreSQL as Parley brings it along: fsync on, and nothing tuned."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        os.chmod(name, 0o711)
        with embedded.running(Path(name) / "postgres", lambda _: None) as database:
            yield Path(name), database


def postmaster(folder: Path) -> psutil.Process:
    pid = next(folder.rglob("postmaster.pid")).read_text().split()[0]
    return psutil.Process(int(pid))


@contextmanager
def _running(command: list[str], sign: str, environment: dict[str, str]) -> Iterator[psutil.Process]:
    """A program that says `sign` on stdout when it listens."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert any(sign in line for line in process.stdout), f"{command} did not start"
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()
