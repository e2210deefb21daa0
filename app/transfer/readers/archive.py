"""The files of an export, in a zip or in a folder, by their paths. Nothing is unpacked to the disk.

A zip that would unpack to far more than any export does is refused before it is read.
"""

import json
import os
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

import msgspec

from app.transfer.records import BadExport

GIB = 1024**3
MAX_JSON_BYTES = 256 * 1024**2  # of one file; a day of the busiest room is a hundredth of it
LARGE_BYTES, MAX_RATIO = GIB, 100  # exports shrink to a tenth, at times to a thirtieth; bombs to a thousandth
_UTF_8 = 0x800  # the zip says that its names are UTF-8


class Archive:
    """Files by their paths below the export's root, `/` between folders, in NFC.

    A zip stays open as long as the archive, or a file's `open`, is in use.

    Raises:
        BadExport: it is neither a folder nor a zip, is broken, locked with a password, a bomb, or may not be read.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._places: dict[str, Path | ZipInfo] = {}
        with self._sentences(path.name):
            if path.is_dir():
                self._zip = None
                self._places = dict(_files_in(path))
            elif not path.exists():
                raise BadExport(f"There is no {path}.")
            elif not is_zipfile(path):
                path.open("rb").close()  # says so, if the reason is that nobody may read it
                raise BadExport(f"{path.name} is neither a folder nor a zip, or the zip is broken; download it again.")
            else:
                self._zip = ZipFile(path)
                self._places = dict(_entries_of(self._zip, path))

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def below(self, root: str) -> "Archive":
        """The same files, by their paths below a folder."""
        if root:
            prefix = f"{root}/"
            kept = {name: place for name, place in self._places.items() if name.startswith(prefix)}
            self._places = {name[len(prefix) :]: place for name, place in kept.items()}
        return self

    def open(self, name: str) -> IO[bytes]:
        """The bytes of a file."""
        place = self._places[name]
        with self._sentences(name):
            if isinstance(place, Path):
                return place.open("rb")
            assert self._zip is not None  # noqa: S101 (only a zip has entries)
            return self._zip.open(place)

    def read(self, name: str) -> bytes:
        """All bytes of a file of JSON.

        Raises:
            BadExport: it cannot be read, or is larger than such files are.
        """
        place = self._places[name]
        with self._sentences(name):
            size = place.stat().st_size if isinstance(place, Path) else place.file_size
            if size > MAX_JSON_BYTES:
                raise BadExport(f"{name} has {size:,} bytes, more than such a file can have.")
            with self.open(name) as file:
                return file.read()

    def json(self, name: str) -> Any:
        """What a file of JSON holds.

        Raises:
            BadExport
        """
        return parsed(self.read(name), name)

    @contextmanager
    def _sentences(self, name: str) -> Iterator[None]:
        """What can go wrong in reading, as a sentence."""
        where = name if name == self._name else f"{name} in {self._name}"
        try:
            yield
        except PermissionError as error:
            raise BadExport(f"Parley may not read {where}.") from error
        except (BadZipFile, EOFError, zlib.error) as error:
            raise BadExport(f"{where} is broken: {error}. Download the export again.") from error
        except (NotImplementedError, RuntimeError) as error:
            raise BadExport(f"{where} cannot be unpacked: {error}.") from error
        except OSError as error:
            raise BadExport(f"{where} cannot be read: {error.strerror or error}.") from error


def parsed(content: bytes, name: str) -> Any:
    """What JSON holds; halves of a sign, which are no text, become U+FFFD.

    Raises:
        BadExport: it is no JSON.
    """
    try:
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError):
        return _leniently(content, name)


def _leniently(content: bytes, name: str) -> Any:
    try:
        found = json.loads(content.decode("utf-8-sig", "replace"))
        whole = json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        return json.loads(whole)
    except (ValueError, RecursionError) as error:
        raise BadExport(f"{name} is no JSON: {error}.") from error


def _files_in(root: Path) -> Iterator[tuple[str, Path]]:
    """Links are passed by: what they lead to is no part of the export."""
    for folder, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            path = Path(folder, name)
            if not path.is_symlink():
                yield unicodedata.normalize("NFC", path.relative_to(root).as_posix()), path


def _entries_of(zipped: ZipFile, path: Path) -> Iterator[tuple[str, ZipInfo]]:
    total = sum(entry.file_size for entry in zipped.infolist())
    if total > max(LARGE_BYTES, MAX_RATIO * path.stat().st_size):
        raise BadExport(f"{path.name} would unpack to {total / GIB:,.0f} GiB, far more than an export holds.")
    for entry in zipped.infolist():
        if not entry.is_dir():
            yield unicodedata.normalize("NFC", _name_of(entry)), entry


def _name_of(entry: ZipInfo) -> str:
    """Slack's zips have names in UTF-8 without saying so, and Python takes them for DOS's."""
    name = entry.orig_filename.replace("\\", "/")
    if entry.flag_bits & _UTF_8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def roots(archive: Archive, markers: frozenset[str]) -> list[str]:
    """The folders that hold one of these files, the nearest to the top first; `""` is the top."""
    found = {
        str(parent) if (parent := PurePosixPath(name).parent) != PurePosixPath() else ""
        for name in archive
        if name.rsplit("/", 1)[-1] in markers and "__MACOSX" not in name
    }
    return sorted(found, key=lambda folder: (folder.count("/") + bool(folder), folder))
