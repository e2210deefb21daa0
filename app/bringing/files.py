"""The files of an export as they come, one after the other, into one folder. Blocks on the disk."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app.base.errors import BadCommand
from app.base.file_names import clean_name
from app.bringing.refusals import NoSpace, NothingHere, SameName
from app.files.uploads.refusals import OffsetConflict, TooLarge

GONE = "The files before this one are not here any more. Send all of them again."
NOT_THERE = (FileNotFoundError, NotADirectoryError, PermissionError)  # or nothing that we could have written
SPARE_BYTES = 256 * 1024**2  # that the files must leave on the disk


class Part(Struct, frozen=True):
    """One file."""

    name: str
    size: int


class Announced(Struct, frozen=True):
    """A file that comes next: which of how many, of how many bytes together."""

    part: Part
    number: int
    count: int
    total: int


class About(Struct, frozen=True):
    """What was announced, and as what it is to be read. `parts` are those files that were begun."""

    name: str
    size: int
    form: str = ""
    source: str = ""
    count: int = 1
    parts: tuple[Part, ...] = ()


class Files:
    """What was announced stands beside the folder; whoever writes it has the lock of imports."""

    def __init__(self, path: Path) -> None:
        self._path, self._about = path / "export", path / "about.json"

    @property
    def about(self) -> About:
        """What was announced. Raises NothingHere."""
        try:
            found = msgspec.json.decode(self._about.read_bytes(), type=About)
        except (*NOT_THERE, msgspec.MsgspecError):
            raise NothingHere from None
        return found if found.parts else replace(found, parts=(Part(found.name, found.size),))

    @property
    def export(self) -> Path:
        """What is to be read: the file, or the folder where there are several."""
        about = self.about
        return self._path / about.name if about.count == 1 else self._path

    @property
    def are_gone(self) -> bool:
        """Whether they were deleted, or never came."""
        return not self._path.exists()

    def received(self) -> int:
        """How many bytes are here. Raises NothingHere where they are deleted at this moment."""
        return sum(map(self._size_of, self.about.parts))

    @property
    def are_whole(self) -> bool:
        """Whether all that was announced is here."""
        about = self.about
        return len(about.parts) == about.count and self.received() >= about.size

    def resumed(self, new: Announced) -> int | None:
        """How much of this file is here, where the same files were begun before."""
        if self.are_gone:
            return None
        about = self.about
        are_same = (about.count, about.size) == (new.count, new.total)
        return self._size_of(new.part) if are_same and new.part in about.parts[new.number - 1 : new.number] else None

    def begin(self, new: Announced) -> None:
        """Make room for all, and begin the first; or begin another behind those that are whole.

        Raises:
            NoSpace, SameName, TooLarge
            NothingHere: those before are not here.
        """
        if new.number == 1:
            if shutil.disk_usage(self._path.parent).free < new.total + SPARE_BYTES:
                raise NoSpace
            self._path.mkdir(mode=0o700)
            about = About(new.part.name if new.count == 1 else f"{new.count:,} files", new.total, count=new.count)
        else:
            about = self._with_those_before(new)
        if sum(part.size for part in about.parts) + new.part.size > about.size:
            raise TooLarge("More bytes came than were announced.")
        if any(part.name.casefold() == new.part.name.casefold() for part in about.parts):
            raise SameName(f"Two of these files are called “{new.part.name}”. Pack all of them as a zip, with folders.")
        (self._path / new.part.name).touch(mode=0o600)
        self._write(replace(about, parts=(*about.parts, new.part)))

    def open(self, at: int) -> tuple[IO[bytes], int]:
        """The last file that was begun, to write what comes behind its first `at` bytes, and how many it may have.

        Nobody else writes to it meanwhile.

        Raises:
            NothingHere, OffsetConflict
        """
        part = self.about.parts[-1]
        file = (self._path / part.name).open("r+b", buffering=0)
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
        return file, part.size

    def ended_at(self, size: int) -> None:
        """Note that the one file, whose size was not announced, has all its bytes."""
        about = self.about
        self._write(replace(about, size=size, parts=(Part(about.name, size),)))

    def read_as(self, form: str, source: str) -> None:
        """Note as what they are to be read."""
        self._write(replace(self.about, form=form, source=source))

    def clear(self) -> None:
        """Delete them; what was announced is still known."""
        shutil.rmtree(self._path, ignore_errors=True)

    def forget(self) -> None:
        """Delete them, and what was announced."""
        self._about.unlink(missing_ok=True)
        self.clear()

    def _with_those_before(self, new: Announced) -> About:
        """What was announced, with the files before this one; others, which were begun behind these, go."""
        about = self.about
        before, behind = about.parts[: new.number - 1], about.parts[new.number - 1 :]
        are_whole = len(before) == new.number - 1 and all(self._size_of(part) == part.size for part in before)
        if not are_whole or (about.count, about.size) != (new.count, new.total):
            raise NothingHere(GONE)
        for part in behind:
            (self._path / part.name).unlink(missing_ok=True)
        return replace(about, parts=before)

    def _size_of(self, part: Part) -> int:
        try:
            return (self._path / part.name).stat().st_size
        except FileNotFoundError:
            raise NothingHere from None

    def _write(self, about: About) -> None:
        part = self._about.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(about))
        part.rename(self._about)


def announced(name: str, size: int, number: int, count: int, total: int) -> Announced:
    """As it can be kept. Raises BadCommand."""
    if total < 1 or not 1 <= number <= count:
        raise BadCommand("An export has at least one byte, and no more files than are announced.")
    return Announced(Part(clean_name(name), size), number, count, total)
