"""Opens what an export lies in, for readers that take a file alone, a folder, a zip or a tar."""

import gzip
import io
import lzma
import shutil
import tarfile
import tempfile
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast
from zipfile import BadZipFile, is_zipfile

import zstandard

from app.transfer.readers.archive import LARGE_BYTES, MAX_RATIO, Archive
from app.transfer.records import BadExport


class _FileAlone(Archive):
    """One file; what lies beside and below it is found by its path, and not listed."""

    def __init__(self, path: Path) -> None:
        self._name, self._zip, self._folder = path.name, None, path.parent
        self._places = {path.name: path}
        with self._sentences(path.name):
            path.open("rb").close()

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def open(self, name: str) -> IO[bytes]:
        found = self._find(name)
        if found is not None:
            self._places[name] = found
        return super().open(name)

    def _find(self, name: str) -> Path | None:
        place = self._folder / name
        is_below = not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
        return place if is_below and place.is_file() and not place.is_symlink() else None


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The files of an export; a tar is unpacked into a temporary folder, for one cannot read here and there in it.

    Raises:
        BadExport: it is not there, may not be read, is broken, or unpacks to far more than exports do.
    """
    if path.is_file() and _is_tar(path):
        yield _unpacked_tar(path)
    elif path.is_file() and not (path.name.lower().endswith((".zip", ".tar.gz", ".tgz", ".tar")) or is_zipfile(path)):
        yield _FileAlone(path)
    else:
        yield Archive(path)


@contextmanager
def unpacked(archive: Archive, name: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, which may be packed with gzip or zstandard.

    Raises:
        BadExport: it cannot be read, or is not as those write it.
    """
    with archive.open(name) as file:
        try:
            if name.endswith(".gz"):
                with gzip.GzipFile(fileobj=file) as plain:
                    yield cast(IO[bytes], plain)
            elif name.endswith(".zst"):
                with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as plain:
                    yield io.BufferedReader(cast(io.RawIOBase, plain))
            else:
                yield file
        except (OSError, EOFError, BadZipFile, zlib.error, zstandard.ZstdError) as error:
            raise BadExport(f"{name} cannot be unpacked: {error}.") from error


def names_in(archive: Archive) -> list[str]:
    """The paths of the files, in order, without what systems put beside them."""
    hidden = ("._", ".DS_Store", "Thumbs.db")
    return sorted(name for name in archive if "__MACOSX/" not in name and not _last(name).startswith(hidden))


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _is_tar(path: Path) -> bool:
    try:
        return tarfile.is_tarfile(path)
    except (OSError, EOFError, zlib.error, lzma.LZMAError):
        return False


def _unpacked_tar(path: Path) -> Archive:
    """What is in a tar. The folder is gone with the archive, which stays as long as a file's `open` is in use."""
    folder = tempfile.mkdtemp(prefix="parley-import-")
    try:
        _unpack(path, Path(folder))
        archive = Archive(Path(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(archive, shutil.rmtree, folder, ignore_errors=True)
    return archive


def _unpack(path: Path, folder: Path) -> None:
    most = max(LARGE_BYTES, MAX_RATIO * path.stat().st_size)
    try:
        with tarfile.open(path) as packed:
            for member in packed:
                most -= member.size
                if most < 0:
                    raise BadExport(f"{path.name} would unpack to far more than an export holds.")
                if member.isfile():
                    _extract(packed, member, folder)
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise BadExport(f"{path.name} cannot be unpacked: {error}. Download the export again.") from error


def _extract(packed: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target = folder / tarfile.data_filter(member, str(folder)).name
    source = packed.extractfile(member)
    if source is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(source, out)
