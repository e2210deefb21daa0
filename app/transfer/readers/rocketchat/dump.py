"""Reads the BSON files of a dump of MongoDB, and the files that GridFS keeps in one of them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar, cast

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError

from app.transfer.readers.archive import Archive
from app.transfer.readers.fitting import Fitting
from app.transfer.readers.opened import names_in, unpacked
from app.transfer.records import BadExport

_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
)
_IN_MEMORY_BYTES = 4 << 20

_Shape = TypeVar("_Shape")


class Dump:
    """The collections of a dump by name; each is read from its begin to its end."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._names: dict[str, str] = {}
        self._beside: dict[tuple[str, str], str] = {}
        for name in names_in(archive):
            folder, _, file = name.rpartition("/")
            if file.removesuffix(".gz").endswith(".bson"):
                self._names.setdefault(file.removesuffix(".gz").removesuffix(".bson"), name)
            else:
                self._beside.setdefault((folder.rpartition("/")[2], file.partition(".")[0]), name)

    def __contains__(self, collection: str) -> bool:
        return collection in self._names

    def opener(self, folder: str, key: str) -> "partial[IO[bytes]] | None":
        """Opens a file that Rocket.Chat keeps outside of its database, as `uploads/ID.ENDING`; None where it is not."""
        name = self._beside.get((folder, key))
        return partial(self._archive.open, name) if name else None

    def documents(self, collection: str, fitting: Fitting[_Shape]) -> Iterator[_Shape]:
        """The documents of a collection that fit; none where it is not there.

        Raises:
            BadExport: the file is no BSON, or was broken off.
        """
        for document, _ in self._raw(collection):
            if (found := fitting.converted(document)) is not None:
                yield found

    def places(self, collection: str) -> Iterator[tuple[dict[str, Any], int]]:
        """The documents of a collection, and where each begins."""
        return self._raw(collection)

    def unpacked(self, collection: str) -> AbstractContextManager[IO[bytes]]:
        """A collection's bytes."""
        return unpacked(self._archive, self._names[collection])

    def _raw(self, collection: str) -> Iterator[tuple[dict[str, Any], int]]:
        if collection not in self._names:
            return
        place = 0
        with self.unpacked(collection) as file:
            try:
                while document := _next(file):
                    yield bson.decode(document, _OPTIONS), place
                    place += len(document)
            except (BSONError, EOFError, OSError, OverflowError) as error:
                raise BadExport(f"{self._names[collection]} is no BSON, or was broken off: {error}.") from error


def _next(file: IO[bytes]) -> bytes:
    size = file.read(4)
    if not size:
        return b""
    length = int.from_bytes(size, "little")
    if not 5 <= length <= 64 << 20:  # MongoDB's documents have at most 16 MiB
        raise EOFError("a document has no length")
    document = size + file.read(length - 4)
    if len(document) < length:
        raise EOFError("a document is not whole")
    return document


class StoredFiles:
    """Files by their ids. GridFS has them in chunks: where these are is kept, not what is in them.

    Those of another kind of store lie in a folder beside the collections.
    """

    def __init__(self, dump: Dump, name: str) -> None:
        self._dump, self._collection, self._folder = dump, f"rocketchat_{name}.chunks", name
        self._places: dict[str, list[tuple[int, int]]] = {}
        for chunk, place in dump.places(self._collection):
            number = chunk.get("n")
            self._places.setdefault(str(chunk.get("files_id")), []).append(
                (number if isinstance(number, int) else 0, place)
            )

    def opener(self, key: str) -> "partial[IO[bytes]] | None":
        """Opens a file; None of one that the dump does not have."""
        return partial(self._open, key) if key in self._places else self._dump.opener(self._folder, key)

    def _open(self, key: str) -> IO[bytes]:
        """The bytes of a file.

        Raises:
            BadExport: they are broken.
        """
        whole = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 (who asked for it closes it)
        with self._dump.unpacked(self._collection) as chunks:
            for _, place in sorted(self._places[key]):
                chunks.seek(place)
                try:
                    whole.write(bytes(bson.decode(_next(chunks), _OPTIONS)["data"]))
                except (BSONError, KeyError, TypeError) as error:
                    raise BadExport(f"The bytes of the file {key} are broken: {error}.") from error
        whole.seek(0)
        return cast(IO[bytes], whole)
