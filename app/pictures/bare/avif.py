"""Whether an AVIF has nothing in it but its picture, as what our encoder writes. Pure.

Its boxes are those of ISO/IEC 14496-12 and 23008-12. Only the plainest form is taken: one picture, maybe with what of
it is transparent, and not a byte that these do not point to.
"""

import struct
from collections.abc import Iterator

from app.pictures.bare.profile import bare_profile

_HANDLER = bytes(8) + b"pict" + bytes(13)  # without a name
_ITEMS = {b"av01Color\x00", b"av01Alpha\x00"}
_PROPERTIES = {b"ispe", b"pixi", b"av1C", b"colr", b"auxC"}


def is_bare_avif(given: bytes) -> bool:
    """Whether there is no metadata in it. False where that cannot be said."""
    try:
        found = [*_boxes(given)]
        if [kind for kind, _ in found] != [b"ftyp", b"meta", b"mdat"]:
            return False
        (_, meta), (_, content) = found[1:]
        parts = dict(_boxes(meta[4:]))
        return (
            parts.keys() - {b"iref"} == {b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp"}
            and parts[b"hdlr"] == _HANDLER
            and all(kind == b"infe" and each[8:] in _ITEMS for kind, each in _boxes(parts[b"iinf"][6:]))
            and all(kind == b"auxl" for kind, _ in _boxes(parts.get(b"iref", b"")[4:]))
            and _have_no_more(parts[b"iprp"])
            and _pointed_to(parts[b"iloc"]) == len(content)
        )
    except (struct.error, ValueError, IndexError):
        return False


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kinds of boxes and what is in them. Raises ValueError where they do not fill the data."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if not 8 <= size <= len(data) - at:
            raise ValueError("no plain box")
        yield kind, data[at + 8 : at + size]
        at += size


def _have_no_more(properties: bytes) -> bool:
    """Whether what is said of the picture is but its form and colours."""
    parts = [*_boxes(properties)]
    if [kind for kind, _ in parts] != [b"ipco", b"ipma"]:
        return False
    found = [*_boxes(parts[0][1])]
    profiles = [each[4:] for kind, each in found if kind == b"colr" and each[:4] != b"nclx"]
    return {kind for kind, _ in found} <= _PROPERTIES and all(bare_profile(each) == each for each in profiles)


def _pointed_to(places: bytes) -> int:
    """How many bytes the items have: each in one piece, as 32-bit numbers say."""
    version, sizes, _, count = struct.unpack_from(">IBBH", places)
    if (version, sizes) != (0, 0x44) or len(places) != 8 + 14 * count:
        raise ValueError("other numbers")
    return sum(struct.unpack_from(">I", places, 8 + 14 * n + 10)[0] for n in range(count))
