"""A JPEG without Exif, XMP, IPTC, comments, thumbnails and second pictures. Pure.

The markers are those of ITU-T T.81, annex B; APP0 is JFIF's, APP14 Adobe's, without which some colours are wrong.
"""

import re
from collections.abc import Iterator

from app.pictures.bare.profile import bare_profile
from app.pictures.refusal import Damaged

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP2, _APP14 = 0xE0, 0xE2, 0xEE
_PIXELS = frozenset((*range(0xC0, 0xD0), _SOS, 0xDB, 0xDC, 0xDD))  # frames, scans, and the tables that they need
_JFIF, _ADOBE, _PROFILE = b"JFIF\0", b"Adobe", b"ICC_PROFILE\0"
_PIECE = 65_519  # of a profile in one segment

# What ends the pixels of a scan: a marker that is neither a restart nor the second half of a byte of pixels.
_AFTER_PIXELS = re.compile(rb"\xFF[^\x00\xD0-\xD7\xFF]")


def freed_jpeg(given: bytes) -> bytes:
    """The first picture of a JPEG without its metadata.

    Raises:
        Damaged: it has no end, or its segments do not follow each other.
    """
    head, kept, profile = b"", list[bytes](), b""
    for marker, content, pixels in _segments(given):
        if marker == _APP0 and content.startswith(_JFIF):
            head = _segment(_APP0, content[:12] + b"\0\0")  # its thumbnail has no pixels
        elif marker == _APP2 and content.startswith(_PROFILE):
            profile += content[len(_PROFILE) + 2 :]
        elif marker == _APP14 and content.startswith(_ADOBE):
            kept.append(_segment(_APP14, content[:12]))
        elif marker in _PIXELS:
            kept.append(_segment(marker, content) + pixels)
    return b"".join([bytes((0xFF, _SOI)), head, *_profile(profile), *kept, bytes((0xFF, _EOI))])


def _segments(given: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Each segment between the beginning and the end: its marker, its content, and the pixels behind it."""
    if given[:2] != bytes((0xFF, _SOI)):
        raise Damaged
    at = 2
    while True:
        while given[at : at + 2] == b"\xff\xff":  # a marker may be padded
            at += 1
        marker, size = given[at + 1 : at + 2], int.from_bytes(given[at + 2 : at + 4], "big")
        if given[at : at + 1] != b"\xff" or not marker:
            raise Damaged
        if marker[0] == _EOI:
            return
        content = given[at + 4 : at + 2 + size]
        if size < 2 or len(content) != size - 2:
            raise Damaged
        at = begins = at + 2 + size
        if marker[0] == _SOS:
            at = _end_of_pixels(given, begins)
        yield marker[0], content, given[begins:at]


def _end_of_pixels(given: bytes, begins: int) -> int:
    found = _AFTER_PIXELS.search(given, begins)
    if found is None:
        raise Damaged
    return found.start()


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def _profile(profile: bytes) -> list[bytes]:
    bare = bare_profile(profile) or b""
    pieces = [bare[at : at + _PIECE] for at in range(0, len(bare), _PIECE)]
    return [
        _segment(_APP2, _PROFILE + bytes((number, len(pieces))) + piece) for number, piece in enumerate(pieces, start=1)
    ]
