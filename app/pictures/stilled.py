"""The first frame of an animation, cut out of its bytes without decoding them. Pure.

What is given is a picture that we have freed of all else, or made, so its chunks are plain.
"""

import struct

MOST_BYTES = 4 * 1024 * 1024  # that are looked through; a first frame that is longer is not found
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0IEND\xaeB`\x82"
_PNG_MOVES = frozenset((b"acTL", b"fcTL", b"fdAT"))
_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, b"\x3b"
_WEBP_ANIMATED = 0x02


def may_move(begin: bytes) -> bool:
    """Whether what begins with these bytes, some hundred at least, may be an animation."""
    return (
        begin.startswith(b"GIF8")
        or (begin.startswith(_PNG) and b"acTL" in begin)
        or (begin[8:16] == b"WEBPVP8X" and len(begin) > 20 and bool(begin[20] & _WEBP_ANIMATED))
        or _is_sequence(begin)
    )


def needs_all(begin: bytes) -> bool:
    """Whether all bytes must be given to `first_frame`: an AVIF has a still picture among its frames, anywhere."""
    return _is_sequence(begin)


def first_frame(given: bytes) -> bytes | None:
    """A picture of the same form and size that stands still; None where its first frame is not whole in these bytes."""
    try:
        if given.startswith(b"GIF8"):
            return _first_of_gif(given)
        if given.startswith(_PNG):
            return _first_of_png(given)
        return _still_of_avif(given) if _is_sequence(given) else _first_of_webp(given)
    except (struct.error, IndexError):
        return None


def _first_of_gif(given: bytes) -> bytes | None:
    at = 13 + _size_of_colours(given[10])
    while (block := given[at]) in (_GIF_IMAGE, _GIF_EXTENSION):
        at += 11 + _size_of_colours(given[at + 9]) if block == _GIF_IMAGE else 2
        while size := given[at]:
            at += 1 + size
        at += 1
        if block == _GIF_IMAGE:
            return given[:at] + _GIF_END
    return None


def _size_of_colours(flags: int) -> int:
    return 3 << (flags & 0x07) + 1 if flags & 0x80 else 0


def _first_of_png(given: bytes) -> bytes:
    """Without what moves it: the picture for those who show no animation is left, mostly the first frame."""
    at, kept, has_pixels = len(_PNG), [_PNG], False
    while True:
        size, name = struct.unpack_from(">I4s", given, at)
        if has_pixels and name != b"IDAT":
            return b"".join([*kept, _PNG_END])
        has_pixels = name == b"IDAT"
        if name not in _PNG_MOVES:
            kept.append(given[at : at + 12 + size])
        at += 12 + size


def _first_of_webp(given: bytes) -> bytes | None:
    """An animation of one frame."""
    at = 12
    while True:
        name, size = struct.unpack_from("<4sI", given, at)
        at += 8 + size + size % 2
        if name == b"ANMF":
            return None if at > len(given) else b"RIFF" + struct.pack("<I", at - 8) + given[8:at]


def _is_sequence(begin: bytes) -> bool:
    return begin[4:8] == b"ftyp" and b"avis" in begin[8 : _size_of_type(begin)]


def _still_of_avif(given: bytes) -> bytes:
    size = _size_of_type(given)
    return given[:size].replace(b"avis", b"avif") + given[size:]


def _size_of_type(given: bytes) -> int:
    return int.from_bytes(given[:4], "big")
