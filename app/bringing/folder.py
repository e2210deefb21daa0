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
from msgspec.structs import replace

from app.base.file_names import clean_name
from app.bringing.refusals import Busy, NoSpace, NothingHere
from app.files.uploads.refusals import OffsetConflict
from app.transfer.report import Report

Step = Literal["empty", "arriving", "here", "running", "done", "refused", "broken", "interrupted"]

MAX_READ_BYTES = 64 * 1024  # of what a run has said: its end
LOOKED_AT, LOOK_S = 20, 0.05  # whoever only asks whether an import runs has the lock for a moment
SPARE_BYTES = 256 * 1024**2  # that a file must leave on the disk
_COUNTED = re.compile(r"([\d,]+) of ([\d,]+)")


T = TypeVar("T")


class About(Struct, frozen=True):
    """The file that was announced, and as what it is to be read."""

    name: str
    size: int
    form: str = ""
    source: str = ""


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
        self._path = path

    @property
    def file(self) -> Path:
        """Where the export is, or will be."""
        return self._path / "export" / self._about().name

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
        try:
            about = self._about()
            received = self.file.stat().st_size
        except (NothingHere, FileNotFoundError):  # or it is deleted at this moment
            return State()
        if received < about.size:
            return State("arriving", about, received)
        run = self._read("run.json", Run)
        if run is None:
            return State("here", about, received)
        state = State("here", about, received, run.is_dry)
        state.step, state.said = self._ended()
        if state.step == "done":
            state.report = self._read("report.json", Report)
        return state

    def begin(self, name: str, size: int) -> int:
        """Make room for a file; how much of it is here already, as the same one may have been cut off.

        Raises:
            Busy, NoSpace
        """
        name = clean_name(name)
        with self.alone():
            there = self.state()
            if (there.about.name, there.about.size) == (name, size) and there.step in ("arriving", "here"):
                return there.received
            self._empty()
            if shutil.disk_usage(self._path).free < size + SPARE_BYTES:
                raise NoSpace
            (self._path / "export").mkdir(mode=0o700)
            (self._path / "export" / name).touch(mode=0o600)
            self._write("about.json", About(name, size))
        return 0

    def open(self, at: int) -> IO[bytes]:
        """The file, to write what comes behind the first `at` bytes; nobody else writes to it meanwhile.

        Raises:
            NothingHere, OffsetConflict
        """
        file = self.file.open("r+b", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if file.seek(0, os.SEEK_END) != at:
                raise OffsetConflict
        except BlockingIOError:
            file.close()
            raise OffsetConflict from None
        except OffsetConflict:
            file.close()
            raise
        return file

    def ended_at(self, size: int) -> None:
        """Note that the file, whose size was not announced, has all its bytes."""
        self._write("about.json", replace(self._about(), size=size))

    @contextmanager
    def alone(self) -> Iterator[IO[str]]:
        """Nobody brings in meanwhile; who inherits the file goes on to have the lock.

        Raises:
            Busy
        """
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._path / "lock").open("w") as lock:
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
            Busy
            NothingHere: the file is not whole.
        """
        with self.alone() as lock:
            state = self.state()
            if state.step in ("empty", "arriving"):
                raise NothingHere
            self._write("about.json", replace(state.about, form=form, source=source))
            self.report.unlink(missing_ok=True)
            shutil.rmtree(self.unpacked, ignore_errors=True)
            self.unpacked.mkdir(mode=0o700)
            with (self._path / "said").open("wb") as said, (self._path / "failed").open("wb") as failed:
                self._write("run.json", Run(is_dry))
                yield lock, said, failed

    def discard(self) -> None:
        """Delete the file and all that is known of it. Raises Busy."""
        with self.alone():
            self._empty()

    def _about(self) -> About:
        found = self._read("about.json", About)
        if found is None:
            raise NothingHere
        return found

    def _ended(self) -> tuple[Step, str]:
        with (self._path / "lock").open("w") as lock:
            if not _is_taken(lock, fcntl.LOCK_SH):
                return "running", self._last_line("said")
        if self.report.exists():
            return "done", ""
        failed = self._last("failed")
        if "Traceback (most recent call last)" in failed:
            return "broken", failed
        sentence = failed.replace(str(self.file.resolve()), self.file.name).strip()
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
        except (FileNotFoundError, msgspec.MsgspecError):
            return None

    def _write(self, name: str, value: Struct) -> None:
        part = self._path / f"{name}.part"
        part.write_bytes(msgspec.json.encode(value))
        part.rename(self._path / name)

    def _empty(self) -> None:
        for name in ("run.json", "report.json", "said", "failed", "about.json"):
            (self._path / name).unlink(missing_ok=True)
        for folder in (self._path / "export", self.unpacked):
            shutil.rmtree(folder, ignore_errors=True)


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
