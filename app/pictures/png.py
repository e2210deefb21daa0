"""A PNG without text, Exif, dates and what stands behind its end. Pure.

The chunks are those of the PNG specification, third edition, which has the animated ones.
"""

import struct
import zlib
from collections.abc import Iterator

from app.pictures.bare.profile import bare_profile
from app.pictures.refusal import Damaged

_BEGIN = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"acTL", b"fcTL", b"fdAT")
)
_LARGEST_PROFILE = 4 * 1024 * 1024


def freed_png(given: bytes) -> bytes:
    """A PNG with what its pixels need and nothing else.

    Raises:
        Damaged: its end is missing.
    """
    kept = [_BEGIN]
    for name, content, chunk in _chunks(given):
        if name == b"iCCP":
            kept.append(_profile(content))
        elif name in _KEPT:
            kept.append(chunk)
    return b"".join(kept)


def _chunks(given: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk until the end: its name, its content, and all of it."""
    at, name = len(_BEGIN), b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", given, at) if len(given) >= at + 8 else (0, b"")
        chunk = given[at : at + 12 + size]
        if len(chunk) < 12 + size:
            raise Damaged
        yield name, chunk[8:-4], chunk
        at += len(chunk)


def _profile(content: bytes) -> bytes:
    """The chunk of a colour profile, bare and without its name; nothing if it cannot be read."""
    _, _, packed = content.partition(b"\0")
    try:
        bare = bare_profile(zlib.decompressobj().decompress(packed[1:], _LARGEST_PROFILE))
    except zlib.error:
        return b""
    if bare is None:
        return b""
    content = b"colours\0\0" + zlib.compress(bare)
    body = b"iCCP" + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
