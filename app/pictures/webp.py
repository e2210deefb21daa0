"""A WebP without Exif, XMP and chunks that are no pixels. Pure.

The chunks are those of RFC 9649.
"""

import struct
from collections.abc import Iterator

from app.pictures.bare.profile import bare_profile
from app.pictures.refusal import Damaged

_PIXELS = (b"VP8 ", b"VP8L", b"ALPH")
_HAS_PROFILE, _HAS_METADATA = 0x20, 0x0C
_FRAME_HEAD = 16


def freed_webp(given: bytes) -> bytes:
    """A WebP with its pixels, its frames, their times and its colour profile, and nothing else.

    Raises:
        Damaged: a chunk is cut off.
    """
    (size,) = struct.unpack_from("<I", given, 4)
    if len(given) < 8 + size:
        raise Damaged
    chunks = list(_chunks(given[12 : 8 + size]))
    profile = bare_profile(dict(chunks).get(b"ICCP", b""))
    kept = b"".join(_kept(name, content, profile) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(kept)) + b"WEBP" + kept


def _kept(name: bytes, content: bytes, profile: bytes | None) -> bytes:
    if name == b"VP8X":
        flags = content[0] & ~(_HAS_METADATA | (0 if profile else _HAS_PROFILE))
        return _chunk(name, bytes((flags,)) + content[1:])
    if name == b"ICCP" and profile:
        return _chunk(name, profile)
    if name == b"ANMF":
        pixels = [_chunk(each, within) for each, within in _chunks(content[_FRAME_HEAD:]) if each in _PIXELS]
        return _chunk(name, content[:_FRAME_HEAD] + b"".join(pixels))
    return _chunk(name, content) if name in (*_PIXELS, b"ANIM") else b""


def _chunks(given: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(given):
        if len(given) < at + 8:
            raise Damaged
        name, size = struct.unpack_from("<4sI", given, at)
        content = given[at + 8 : at + 8 + size]
        if len(content) < size or (name == b"VP8X" and size < 1):
            raise Damaged
        yield name, content
        at += 8 + size + size % 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
