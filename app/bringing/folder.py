"""The folder in which an export waits and is brought in: its file, and how far that is. Blocks on the disk.

What stands here is all that is kept of an import, so every process of this machine shows the same. A lock says that one
runs: the process that brings in holds it to its end, whoever dies meanwhile.
"""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, TypeVar

import msgspec
from msgspec import Struct

from app.bringing.files import GONE, NOT_THERE, About, Announced, Files
from app.bringing.refusals import Busy, NoFolder, NothingHere
from app.transfer.report import Report

Step = Literal["empty", "arriving", "here", "running", "done", "refused", "broken", "interrupted"]

MAX_READ_BYTES = 64 * 1024  # of what a run has said: its end
LOOKED_AT, LOOK_S = 20, 0.05  # whoever only asks whether an import runs has the lock for a moment
_COUNTED = re.compile(r"([\d,]+) of ([\d,]+)")


T = TypeVar("T")


class Run(Struct):
    """That it was begun to look at the file, or to bring it in."""

    is_dry: bool


class State(Struct):
    """How far it is; `said` is what a run says now, or why it ended."""

    step: Step = "empty"
    about: About = About("", 0)
    received: int = 0
    is_dry: bool = False
    said: str = ""
    report: Report | None = None

    @property
    def counted(self) -> tuple[int, int] | None:
        """How many of how many messages are written."""
        found = _COUNTED.search(self.said)
        return (int(found[1].replace(",", "")), int(found[2].replace(",", ""))) if found else None


class Folder:
    """One a server, below its data folder."""

    def __init__(self, path: Path) -> None:
        self._path, self.files = path, Files(path)

    @property
    def export(self) -> Path:
        """What is to be read, or will be: a file, or a folder of several. Raises NothingHere."""
        return self.files.export

    @property
    def unpacked(self) -> Path:
        """For what a run unpacks; one that was killed leaves it, and the next begins with an empty one."""
        return self._path / "unpacked"

    @property
    def report(self) -> Path:
        """Where a run writes its counts."""
        return self._path / "report.json"

    def state(self) -> State:
        """As it is now."""
        run = self._read("run.json", Run)
        try:
            return self._of(self.files.about, run)
        except NothingHere:
            return State()

    def _of(self, about: About, run: Run | None) -> State:
        try:
            received, are_whole = self.files.received(), self.files.are_whole
        except NothingHere:  # the files are deleted, or are being deleted at this moment
            return self._brought(about, run) if run is not None and not run.is_dry else State()
        if not are_whole:
            return State("arriving", about, received)
        return State("here", about, received) if run is None else self._brought(about, run)

    def _brought(self, about: About, run: Run) -> State:
        state = State("here", about, about.size, run.is_dry)
        state.step, state.said = self._ended()
        if state.step == "done":
            state.report = self._read("report.json", Report)
        return state

    def begin(self, new: Announced) -> int:
        """Make room for a file; how much of it is here already, as the same one may have been cut off.

        Raises:
            Busy, NoFolder, NoSpace, NothingHere, SameName, TooLarge
        """
        with self.alone():
            step = self.state().step
            received = self.files.resumed(new) if step in ("arriving", "here") else None
            if received is not None:
                return received
            if new.number == 1:
                self._empty()
            elif step != "arriving":
                raise NothingHere(GONE)
            self.files.begin(new)
        return 0

    def clear(self) -> None:
        """Delete the files, if they were brought in; the counts stay. Raises Busy, NoFolder."""
        with self.alone():
            if self._is_brought():
                self.files.clear()
                shutil.rmtree(self.unpacked, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[IO[str]]:
        """Nobody brings in meanwhile; who inherits the file goes on to have the lock.

        Raises:
            Busy, NoFolder
        """
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self._path / "lock").open("w")
        except OSError as error:
            raise NoFolder from error
        with lock:
            for _ in range(LOOKED_AT):
                if _is_taken(lock, fcntl.LOCK_EX):
                    yield lock
                    return
                time.sleep(LOOK_S)
            raise Busy

    @contextmanager
    def running(self, form: str, source: str, *, is_dry: bool) -> Iterator[tuple[IO[str], IO[bytes], IO[bytes]]]:
        """The lock, and the files for what a run says and for why it fails, of one that begins now.

        Raises:
            Busy, NoFolder
            NothingHere: the file is not whole.
        """
        with self.alone() as lock:
            state = self.state()
            if state.step in ("empty", "arriving") or self._is_brought():
                raise NothingHere
            self.files.read_as(form, source)
            self.report.unlink(missing_ok=True)
            shutil.rmtree(self.unpacked, ignore_errors=True)
            self.unpacked.mkdir(mode=0o700)
            with (self._path / "said").open("wb") as said, (self._path / "failed").open("wb") as failed:
                self._write("run.json", Run(is_dry))
                yield lock, said, failed

    def discard(self) -> None:
        """Delete the file and all that is known of it. Raises Busy, NoFolder."""
        with self.alone():
            self._empty()

    def _is_brought(self) -> bool:
        """Whether a run brought all of it in: the files go, or are gone."""
        run = self._read("run.json", Run)
        return run is not None and not run.is_dry and self.report.exists()

    def _ended(self) -> tuple[Step, str]:
        with (self._path / "lock").open("w") as lock:
            if not _is_taken(lock, fcntl.LOCK_SH):
                return "running", self._last_line("said")
        if self.report.exists():
            return "done", ""
        failed = self._last("failed")
        if "Traceback (most recent call last)" in failed:
            return "broken", failed
        sentence = failed.replace(str(self.export.resolve()), self.export.name).strip()
        return ("refused", sentence) if sentence else ("interrupted", self._last_line("said"))

    def _last(self, name: str) -> str:
        try:
            with (self._path / name).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - MAX_READ_BYTES))
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _last_line(self, name: str) -> str:
        return (self._last(name).strip().splitlines() or [""])[-1].removesuffix("…").strip()

    def _read(self, name: str, kind: type[T]) -> T | None:
        try:
            return msgspec.json.decode((self._path / name).read_bytes(), type=kind)
        except (*NOT_THERE, msgspec.MsgspecError):
            return None

    def _write(self, name: str, value: Struct) -> None:
        part = self._path / f"{name}.part"
        part.write_bytes(msgspec.json.encode(value))
        part.rename(self._path / name)

    def _empty(self) -> None:
        for name in ("run.json", "report.json", "said", "failed"):
            (self._path / name).unlink(missing_ok=True)
        self.files.forget()
        shutil.rmtree(self.unpacked, ignore_errors=True)


def write_all(file: IO[bytes], data: bytes) -> None:
    """Write all of it to a file without a buffer, which takes but a part where the disk is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _is_taken(lock: IO[str], kind: int) -> bool:
    """Whether the lock is ours now; it is given back with the file."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
