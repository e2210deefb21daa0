"""JSON documents in a file: one a line, or all in one array."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from app.transfer.readers.halves import decoded
from app.transfer.records import BadExport

_BOM = b"\xef\xbb\xbf"
_decode_array = msgspec.json.Decoder(list[dict[str, Any]]).decode
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
    is_first = True
    for number, line in enumerate(file, 1):
        if not (stripped := line.removeprefix(_BOM).strip()):
            continue
        if is_first and stripped.startswith(b"["):
            yield from _array(name, stripped + file.read())
            return
        is_first = False
        yield _object(f"{name}, line {number}", stripped)


def _array(name: str, data: bytes) -> list[dict[str, Any]]:
    try:
        return decoded(_decode_array, data)
    except msgspec.DecodeError as error:
        raise BadExport(f"{name} is no JSON that can be read: {error}.") from error


def _object(name: str, line: bytes) -> dict[str, Any]:
    try:
        return decoded(_decode_object, line)
    except msgspec.DecodeError as error:
        raise BadExport(f"{name}, is no JSON object: {error}.") from error
