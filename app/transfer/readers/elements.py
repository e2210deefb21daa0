"""The objects of a JSON array, found one after the other in a file that need not fit into memory.

Python's own parser only says where each ends. What it holds is for a stricter one.
"""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import IO

from app.transfer.records import BadExport

PIECE_BYTES = 256 * 1024
MAX_ELEMENT_CHARS = 64 * 1024**2
_BETWEEN = re.compile(r"[ \t\r\n]*(,?)[ \t\r\n]*")
_parsed = json.JSONDecoder(strict=False).raw_decode


def elements(file: IO[bytes], begun: bytes, name: str) -> Iterator[bytes]:
    """Each object of an array; `begun` is what was read of it behind its bracket.

    Raises:
        BadExport: the array is broken off, holds something else, or one of its objects is larger than any export's.
    """
    decode = getincrementaldecoder("utf-8")("replace").decode
    text, at, count = decode(begun), 0, 0
    while True:
        between = _BETWEEN.match(text, at)
        assert between is not None  # noqa: S101 (it matches nothing, too)
        begin = between.end()
        sign = text[begin : begin + 1]
        if sign == "]":
            return
        if sign not in ("", "{") or (sign and bool(between[1]) != bool(count)):
            raise BadExport(f"{name} is no JSON that can be read: behind element {count} stands no other object.")
        end = _end_of(text, begin) if sign else None
        if end is not None:
            yield text[begin:end].encode()
            at, count = end, count + 1
            continue
        if len(text) - at > MAX_ELEMENT_CHARS:
            raise BadExport(f"{name} is no JSON that can be read: element {count + 1} has no end.")
        more = file.read(max(PIECE_BYTES, len(text) - at))  # as much again, so that what is long is not read often
        if not more:
            raise BadExport(f"{name} is no JSON that can be read: it is broken off behind element {count}.")
        text, at = text[at:] + decode(more), 0


def _end_of(text: str, begin: int) -> int | None:
    """Where the object that begins there ends; None where that is not read yet, or it is no JSON."""
    try:
        return _parsed(text, begin)[1]
    except (ValueError, RecursionError):
        return None
