"""JSON documents in a file: one a line, or all in one array. However large the file is, little of it is in memory."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

import msgspec

from app.transfer.readers.halves import decoded
from app.transfer.readers.streaming import JsonReader, NoJson
from app.transfer.records import BadExport

_BOM = b"\xef\xbb\xbf"
_HEAD_BYTES = 64 * 1024
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """The objects in a file, one after the other; a byte order mark and empty lines are passed over.

    Raises:
        BadExport: it cannot be read, or something in it is no JSON object.
    """
    try:
        with path.open("rb") as file:
            yield from documents_in(file, str(path))
    except OSError as error:
        raise BadExport(f"{path} cannot be read: {error.strerror}.") from error


def documents_in(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """The same of a file that is open, with the name that sentences have."""
    head = file.read(_HEAD_BYTES).removeprefix(_BOM)
    if head.lstrip().startswith(b"["):
        yield from _elements(JsonReader(file, head), name)
        return
    for number, line in enumerate(chain((head + file.readline()).split(b"\n"), file), 1):
        if stripped := line.removeprefix(_BOM).strip():
            yield _object(f"{name}, line {number}", stripped)


def _elements(reader: JsonReader, name: str) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        for number in reader.elements():
            yield _object(f"{name}, element {number}", reader.value())
    except NoJson as error:
        raise BadExport(f"{name}, element {number}, is no JSON that can be read: {error}.") from error


def _object(name: str, line: bytes) -> dict[str, Any]:
    try:
        return decoded(_decode_object, line)
    except msgspec.DecodeError as error:
        raise BadExport(f"{name}, is no JSON object: {error}.") from error
