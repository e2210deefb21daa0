"""One PostgreSQL cluster on this machine: made, served, stopped, and taken over from whoever was killed.

Where things lie in the data folder is `embedded.py`'s.
"""

import locale
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2

from app.base.errors import BadConfig
from app.db.dumps import dumping
from app.db.embedded.unix_account import Account

START_S = 120  # a start replays what a crash left in the write-ahead log
FAST_STOP_S, HARD_STOP_S = 3, 1  # with the app's own 5 s and a last second for SIGKILL: 10 s in all
LEFT_OVER_STOP_S = 20  # it may write a long checkpoint, and nobody waits at a prompt
POLL_S = 0.02
SHOWN_LOG_LINES, LAST_LOG_LINES = 6, 20
USER, DATABASE, DATA = "parley", "parley", "data"
# C.UTF-8 of PostgreSQL itself has the letters of every script. An update of the system's C library does not change its
# order, which would silently break every index on text. What asks the C library all the same, such as the parser of
# PostgreSQL's own search, takes everything but ASCII for a letter where that has only "C".
LOCALES = ("C.UTF-8", "C")
INITDB = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
INITDB += ["--auth-local=trust", "--auth-host=reject", f"--username={USER}", "--no-instructions"]


class Cluster:
    """The cluster in a folder of `home`, which belongs to `account`; what PostgreSQL says goes to the file `log`."""

    def __init__(self, home: Path, programs: Path, account: Account, log: Path, name: str = DATA) -> None:
        self._home = home
        self._data = home / name
        self._programs = programs
        self._account = account
        self._log = log
        self._command: list[str] = []
        self._server: subprocess.Popen[bytes] | None = None

    def exists(self) -> bool:
        return self._data.exists()

    def create(self, *, sync: bool = True, more: Sequence[str] = ()) -> None:
        """Make the cluster under another name, then rename it: it is there whole or not at all.

        Args:
            more: words for `initdb`.
        """
        for unfinished in self._home.glob("new-*"):
            shutil.rmtree(unfinished)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=self._home))
        self._account.give(new)
        with self._log.open("ab") as log:
            words = [str(self._programs / "initdb"), *INITDB, f"--locale={_locale()}", *more, "-D", str(new)]
            if self._account.run([*words, *([] if sync else ["--no-sync"])], log) != 0:
                shutil.rmtree(new)
                raise self._refusal("create its data")
        new.rename(self._data)
        dumping.sync(self._home)

    def rename(self, name: str) -> None:
        """Give the cluster, which does not run, another name in `home`."""
        self._data = self._data.rename(self._home / name)
        dumping.sync(self._home)

    def end_left_over(self, report: Callable[[str], None]) -> None:
        """Stop the server of a Parley that was killed, or wait for it when it is stopping already.

        Its processes are found by their working folder, which is the data: the number in `postmaster.pid` may be
        another program's by now.
        """
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        number = _first_number(lock)
        left_over = [process for process in psutil.process_iter() if _works_in(process, self._data)]
        if left_over:
            report("Stopping the PostgreSQL that an earlier Parley left behind")
        for word, patience_s in ((signal.SIGINT, LEFT_OVER_STOP_S), (signal.SIGQUIT, HARD_STOP_S)):
            for process in left_over:
                if process.pid == number:
                    with suppress(psutil.NoSuchProcess):  # it went by itself
                        process.send_signal(word)
            _, left_over = psutil.wait_procs(left_over, patience_s)
        if left_over:
            raise BadConfig(f"The PostgreSQL of an earlier Parley does not stop. End process {left_over[0].pid} first.")
        if psutil.pid_exists(number):  # another program's; PostgreSQL would take it for a server and refuse to start
            for stale in (lock, *self._home.glob(".s.PGSQL.*.lock")):
                stale.unlink(missing_ok=True)

    @contextmanager
    def serving(
        self, socket_folder: Path, settings: Mapping[str, str], *, stop_s: float = FAST_STOP_S
    ) -> Iterator[None]:
        """Serve until the block ends; starts what is missing, does not wait for it.

        It has `stop_s` to stop in order.
        """
        options = {**settings, "unix_socket_directories": str(socket_folder)}
        self._command = [str(self._programs / "postgres"), "-D", str(self._data)]
        self._command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        try:
            self.revive()
            yield
        finally:
            self._stop(stop_s)

    def revive(self) -> str | None:
        """Start the server when it does not run: at first, and after it died. How it was found then, else None."""
        if self._server is not None and self._server.poll() is None:
            return None
        found = self._death() if self._server is not None else None
        with self._log.open("ab") as log:
            # Should we be killed, it stops as it would on a stop in order.
            self._server = self._account.start(self._command, log, signal.SIGINT)
        return found

    def _death(self) -> str:
        """How the server ended, and the last grave thing that it said, which names no values (see `SETTINGS`)."""
        assert self._server is not None  # noqa: S101 (the caller has looked)
        code = self._server.returncode
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        lines = self._log.read_text("utf-8", "replace").splitlines()[-LAST_LOG_LINES:]
        grave = [line.partition(word)[1:] for line in lines for word in ("PANIC:", "FATAL:") if word in line]
        return f"{how}; {' '.join(''.join(grave[-1]).split())}" if grave else how

    def prepare(self, url: str, database: str) -> None:
        """Wait until the server that was started answers at `url`; make `database` there when there is none."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                connection = psycopg2.connect(url, connect_timeout=5)
                break
            except psycopg2.OperationalError:  # not listening yet, or still replaying its log
                if self._server is None or self._server.poll() is not None or time.monotonic() > deadline:
                    raise self._refusal("start") from None
                time.sleep(POLL_S)
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", (database,))
                if cursor.rowcount == 0:
                    cursor.execute(f'CREATE DATABASE "{database}"')

    def _stop(self, stop_s: float) -> None:
        if self._server is None:
            return
        for word, patience_s in ((signal.SIGINT, stop_s), (signal.SIGQUIT, HARD_STOP_S), (signal.SIGKILL, 1)):
            self._server.send_signal(word)
            try:
                self._server.wait(patience_s)
                return
            except subprocess.TimeoutExpired:
                continue

    def _refusal(self, what: str) -> BadConfig:
        lines = self._log.read_text("utf-8", "replace").splitlines()[-SHOWN_LOG_LINES:]
        return BadConfig(
            "\n".join([f"Parley's own PostgreSQL could not {what}. The last lines of {self._log}:", *lines])
            + "\nMend that, set PARLEY_DATA to another folder, or set DATABASE_URL to a PostgreSQL of yours."
        )


def _locale() -> str:
    """The first of `LOCALES` that the C library of this machine has."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in LOCALES:
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return LOCALES[-1]


def _first_number(file: Path) -> int:
    first = file.read_text("utf-8", "replace").split("\n", 1)[0].strip()
    return int(first) if first.isdecimal() else 0


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return bool(process.cwd() == str(folder.resolve()))
    except psutil.Error:  # gone, or not ours to ask
        return False
