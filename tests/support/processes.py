"""Parley as a user starts it: a real process on a free port, watched from outside."""

import fcntl
import functools
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from app.base.config import DATABASE_URLS
from tests.support.load import PATIENCE_S
from tests.support.warm.process import Process, warm

ROOT = Path(__file__).parents[2]
PARTS = ("app", "static", "templates", "migrations", "alembic.ini")  # what Parley runs from
SETTINGS_OF_OURS = ("SECRET_KEY", "WEB_CONCURRENCY", "MIGRATE", "HOST", "PORT", "PUBLIC_URL", "S3_URL")
SETTINGS_OF_OURS += tuple(name.upper() for name in DATABASE_URLS)

Started = Process | subprocess.Popen[str]


class Parley:
    """`python -m app …` in a session of its own, its data in `folder`; with `open_files` it may have so many.

    It is forked from a process that has imported Parley (`warm`). `anew` starts Python, as a user does: for tests of
    the start, and of how much memory there is. So do `code`, a folder with another copy of ours (`copied_code`) and
    maybe an environment of its own, and `terminal`, a descriptor of the terminal that is to be its own.
    """

    def __init__(
        self,
        folder: Path,
        *words: str,
        open_files: int | None = None,
        anew: bool = False,
        code: Path | None = None,
        terminal: int | None = None,
        **settings: str,
    ) -> None:
        self.folder = folder
        self.port = int(settings.get("PORT") or free_port())
        self.errors = folder.with_name(f"{folder.name}.{self.port}.stderr")
        environment = environment_with(**{"PORT": str(self.port), "PARLEY_DATA": str(folder)} | settings)
        with self.errors.open("wb") as errors:
            by_python = functools.partial(started_anew, code=code or ROOT, terminal=terminal)
            start = by_python if anew or code or terminal is not None else started
            self.process = start(("app", *words), environment, errors.fileno(), open_files)

    def output(self) -> str:
        return self.errors.read_text()

    def until_ready(self) -> list[str]:
        """Wait for the line with the address; returns the lines printed until then."""
        lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line.strip())
            if line.startswith("Parley is ready"):
                return lines
        raise AssertionError(f"it did not start: {lines} {self.output()}")

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_S) as answer:
            return int(answer.status)

    def send(self, number: signal.Signals) -> None:
        """To the whole process group, as a terminal and `make` do."""
        os.killpg(self.process.pid, number)

    def until_ended(self) -> int:
        """Wait for the end; returns the exit code."""
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode

    def workers(self) -> list[psutil.Process]:
        return [each for each in psutil.Process(self.process.pid).children() if "worker" in _command_line(each)]

    def listeners(self) -> list[psutil.Process]:
        """The workers that accept connections."""
        return [worker for worker in self.workers() if _listens(worker, self.port)]

    def processes(self) -> list[psutil.Process]:
        """Every process that has to do with the data folder, whoever's child it is by now."""
        return [process for process in psutil.process_iter() if _concerns(process, str(self.folder), self.process.pid)]

    def server(self) -> psutil.Process:
        """The postmaster of the embedded PostgreSQL."""
        return postmaster(self.folder)


@contextmanager
def parley(folder: Path, *words: str, **options: Any) -> Iterator[Parley]:
    """A Parley that is dead at the end, with everything that it started; as `Parley` takes it."""
    started = Parley(folder, *words, **options)
    try:
        yield started
    finally:
        if started.process.stdout is not None:
            started.process.stdout.close()
        started.process.kill()
        started.process.wait()
        until_gone(started.processes())


def link_of_first(lines: list[str]) -> str:
    """The path of the link for the first admin, among the lines of a start."""
    return next(f"/invite/{line.rpartition('/invite/')[2]}" for line in lines if "/invite/" in line)


def postmaster(folder: Path) -> psutil.Process:
    """The main process of the embedded PostgreSQL whose data folder this is."""
    return psutil.Process(int((folder / "postgres/data/postmaster.pid").read_text().split()[0]))


def crash_postgres(folder: Path) -> None:
    """End an embedded PostgreSQL as a crash does; returns when it is gone."""
    server = postmaster(folder)
    server.send_signal(signal.SIGQUIT)
    until_gone([server])


def until_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, PATIENCE_S)
    assert not alive


def until(holds: object, patience_s: float = PATIENCE_S) -> None:
    """Wait until `holds()` is true; for what another process does without an event."""
    assert callable(holds)
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def copied_code(folder: Path) -> Path:
    """All that Parley runs from, copied into this new folder, to be changed there."""
    folder.mkdir()
    parts = [str(ROOT / name) for name in PARTS]
    subprocess.run(["cp", "-a", *parts, str(folder)], check=True)
    return folder


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def environment_with(**settings: str) -> dict[str, str]:
    """Ours without our settings of Parley, and these."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OURS} | settings


def completed(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m app …` to its end, forked as `Parley` is."""
    with tempfile.TemporaryFile("w+") as errors:
        process = started(("app", *words), environment_with(**settings), errors.fileno())
        output, _ = process.communicate()
        errors.seek(0)
        return subprocess.CompletedProcess(words, process.wait(), output, errors.read())


def started(
    words: Sequence[str], environment: Mapping[str, str], errors: int | None = None, open_files: int | None = None
) -> Started:
    """Start `python -m` with these words; its errors go to that file, or to its output.

    It is forked where its environment needs no other Python.
    """
    start = warm().start if warm().suits(environment) else started_anew
    return start(words, environment, errors, open_files)


def started_anew(
    words: Sequence[str],
    environment: Mapping[str, str],
    errors: int | None = None,
    open_files: int | None = None,
    code: Path = ROOT,
    terminal: int | None = None,
) -> subprocess.Popen[str]:
    """As `started`, but by Python itself: that of the code's own environment, where it has one."""
    own = code / ".venv/bin/python"
    python = str(own) if code != ROOT and own.exists() else sys.executable
    return subprocess.Popen(
        [python, "-m", *words],
        cwd=code,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if errors is None else errors,
        start_new_session=True,
        preexec_fn=functools.partial(_begin, open_files, terminal),
        text=True,
    )


def _begin(open_files: int | None, terminal: int | None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # unlike the tests, which may run under nohup
    if open_files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    if terminal is not None:
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def _concerns(process: psutil.Process, folder: str, session: int) -> bool:
    """A fork shows the environment and the words of what it was forked from, so it is found by its session."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get("PARLEY_DATA") == folder or os.getsid(process.pid) == session:
            return True
        return folder in " ".join([process.cwd(), *process.cmdline()])
    except (psutil.Error, ProcessLookupError):
        return False


def _listens(process: psutil.Process, port: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        each = process.net_connections("tcp")
        return any(one.laddr.port == port and one.status == psutil.CONN_LISTEN for one in each)
    return False


def _command_line(process: psutil.Process) -> list[str]:
    """Empty for a process that has ended, and for one that nobody has waited for yet."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
