"""A GIF without comments, text and what programs add, such as XMP. Pure.

The blocks are those of the GIF89a specification; how often it plays is Netscape's extension, which all browsers read.
"""

from app.pictures.refusal import Damaged

_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_CONTROL, _PROGRAM = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0\x03", b"ANIMEXTS1.0\x03")


def freed_gif(given: bytes) -> bytes:
    """A GIF with its frames, their times and how often it plays, and nothing else.

    Raises:
        Damaged: a block is cut off. A missing end is added, as many programs forget it.
    """
    at = 13 + _size_of_colours(_byte(given, 10))
    kept = [given[:at]]
    while at < len(given) and given[at] != _END:
        begins, at = at, _end_of_block(given, at)
        if _is_kept(given, begins):
            kept.append(given[begins:at])
        elif given[begins + 1] == _PROGRAM and given[begins + 3 : begins + 15] in _LOOPS:
            kept.append(given[begins : begins + 18] + b"\0")  # how often it plays, and no other block
    return b"".join([*kept, bytes((_END,))])


def _is_kept(given: bytes, begins: int) -> bool:
    return given[begins] == _IMAGE or given[begins + 1] == _CONTROL


def _end_of_block(given: bytes, begins: int) -> int:
    """Where the next block begins."""
    if given[begins] == _IMAGE:
        at = begins + 10 + _size_of_colours(_byte(given, begins + 9)) + 1
    elif given[begins] == _EXTENSION:
        at = begins + 2
    else:
        raise Damaged
    while (size := _byte(given, at)) != 0:
        at += 1 + size
    return at + 1


def _size_of_colours(flags: int) -> int:
    """The bytes of the table of colours that the flags of a screen or an image announce."""
    return 3 << (flags & 0x07) + 1 if flags & 0x80 else 0


def _byte(given: bytes, at: int) -> int:
    if at >= len(given):
        raise Damaged
    return given[at]
