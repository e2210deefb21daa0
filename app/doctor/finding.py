"""What a check found: in order, worth a look, or to be mended, and how."""

from typing import Literal, NamedTuple

Word = Literal["ok", "look", "mend"]


class Finding(NamedTuple):
    """`what` was looked at, `found` is how it is; `mend` says what to do, where something is to be done."""

    what: str
    word: Word
    found: str
    mend: str = ""


def ok(what: str, found: str) -> Finding:
    return Finding(what, "ok", found)


def look(what: str, found: str, mend: str) -> Finding:
    """It serves, and is not as it should be."""
    return Finding(what, "look", found, mend)


def mend(what: str, found: str, mend: str) -> Finding:
    """It does not serve, or may lose what it said it keeps."""
    return Finding(what, "mend", found, mend)
