"""The first lines of a text, to be shown in a message. Pure."""

import codecs

from msgspec import Struct

MAX_BYTES = 64 * 1024  # however long the lines are


class Lines(Struct, frozen=True):
    """The beginning of a text; `more`: it goes on after that."""

    text: str
    more: bool


def first_lines(begin: bytes, count: int, *, is_all: bool) -> Lines:
    """The first `count` lines of what begins with these bytes, which `is_all` of it or not.

    A mark of the byte order is left out. What is no UTF-8 becomes U+FFFD; a sign that is cut in two at the end goes.
    """
    text = codecs.getincrementaldecoder("utf-8-sig")("replace").decode(begin, final=is_all)
    lines = text.split("\n", count)
    rest = lines[count:]
    return Lines("\n".join(lines[:count]), more=not is_all or any(rest))
