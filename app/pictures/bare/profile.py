"""A colour profile with what colours need and nothing else. Pure.

The profile of a screen may hold its maker's name and its serial number (`mmod` of macOS), and a screenshot carries it.
The layout is that of ICC.1:2022, chapter 7.
"""

import re
import struct

_HEADER = 128
_COLOURS = re.compile(
    rb"[rgb]XYZ|[rgbk]TRC|aa[rgb]g|wtpt|bkpt|chad|cicp|gamt|lumi|[AD]2B[0-3]|B2[AD][0-3]",
)
_NAME = b"colours"


def bare_profile(profile: bytes) -> bytes | None:
    """The profile with a plain name and without date, maker, model and tags that are no colours; None: unreadable."""
    try:
        return _with_tags(profile, _tags(profile))
    except (struct.error, ValueError):
        return None


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, _HEADER)
    if profile[36:40] != b"acsp" or count > 100:
        raise ValueError("no profile")
    found = {}
    for name, begins, size in struct.iter_unpack(">4sII", profile[_HEADER + 4 : _HEADER + 4 + 12 * count]):
        if _COLOURS.fullmatch(name):
            found[name] = profile[begins : begins + size]
            if len(found[name]) != size or size < 8:
                raise ValueError("a tag outside of the profile")
    return found


def _with_tags(profile: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A profile of these tags; those with the same content share it, as curves mostly do."""
    tags = {b"desc": _name(profile[8]), b"cprt": _rights(profile[8]), **tags}
    table, content, places = b"", b"", dict[bytes, int]()
    for name, value in tags.items():
        if value not in places:
            places[value] = _HEADER + 4 + 12 * len(tags) + len(content)
            content += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", name, places[value], len(value))
    body = struct.pack(">I", len(tags)) + table + content
    header = bytearray(_HEADER)
    header[0:4] = struct.pack(">I", _HEADER + len(body))
    for kept in (slice(8, 24), slice(36, 40), slice(64, 80)):  # version to connection space; mark; intent, white point
        header[kept] = profile[kept]
    return bytes(header) + body


def _name(version: int) -> bytes:
    if version >= 4:
        return _text(_NAME)
    return b"desc" + bytes(4) + struct.pack(">I", len(_NAME) + 1) + _NAME + b"\0" + bytes(78)


def _rights(version: int) -> bytes:
    return _text(_NAME) if version >= 4 else b"text" + bytes(4) + _NAME + b"\0"


def _text(words: bytes) -> bytes:
    """A `multiLocalizedUnicodeType` in one language."""
    written = words.decode().encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(written), 28) + written
