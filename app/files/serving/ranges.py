"""Which part of a file is asked for, and whether one's copy is still good (RFC 9110, sections 13 and 14). Pure."""

import re
from collections.abc import Mapping

from aiohttp import ETag

_ONE_RANGE = re.compile(r"bytes=(?:([0-9]{1,20})-([0-9]{0,20})|-([0-9]{1,20}))", re.IGNORECASE | re.ASCII)


class OutOfRange(Exception):
    """Nothing of the file is in the range that was asked for."""


def asked_range(headers: Mapping[str, str], etag: str, size: int) -> range | None:
    """The offsets that are asked for; None for the whole file.

    A server may answer the whole to any range: so it does to several at once, to those that make no sense, and to one
    that continues another copy than this. `If-Range` takes a strong ETag; there are no dates here to compare.

    Raises:
        OutOfRange
    """
    found = _ONE_RANGE.fullmatch(headers.get("Range", ""))
    if found is None or headers.get("If-Range", etag) != etag:
        return None
    first, last, length = (int(digits) if digits else None for digits in found.groups())
    if length is not None:
        begin, end = max(0, size - length), size
    else:
        begin, end = first or 0, size if last is None else min(size, last + 1)
        if last is not None and last < begin:
            return None
    if begin >= end:
        raise OutOfRange
    return range(begin, end)


def has_copy(known: tuple[ETag, ...] | None, etag: str) -> bool:
    """Whether `If-None-Match` names this copy, weakly or not, or any."""
    value = etag.removeprefix("W/").strip('"')
    return any(each.value in ("*", value) for each in known or ())
