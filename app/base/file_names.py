"""What a file may be called. Pure: a name as it was sent in, the name as it is kept, shown and saved out."""

import re
import unicodedata

from app.base.text import INVISIBLE, is_visible

MAX_NAME_BYTES = 255  # in UTF-8: file systems take no longer names
NAMELESS = "file"

_PATH = re.compile(r"[/\\]")
_ENDING_CHARS = 16


def clean_name(given: str) -> str:
    """The last part of a path in NFC, on one line, with its letters and without what fools the eye or a computer.

    Controls, directions (which make `gpj.exe` read `exe.jpg`), other invisible signs and runs of spaces go. At most
    255 bytes in UTF-8: the middle goes, the ending stays. `file` where nothing is left that one sees.
    """
    parts = (_shortened(_cleaned(part)) for part in reversed(_PATH.split(given)))
    return next((part for part in parts if is_visible(part) and part.strip(".")), NAMELESS)


def _cleaned(part: str) -> str:
    spaced = " ".join(part.split())
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", spaced)).split())


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _ENDING_CHARS:
        stem, dot, ending = name, "", ""
    room = MAX_NAME_BYTES - len(f"{dot}{ending}".encode())
    return _cleaned(f"{stem.encode()[:room].decode(errors='ignore').rstrip()}{dot}{ending}")
