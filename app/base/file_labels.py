"""How a file is written on a page: where it is, what it is called, how large it is. Pure.

`static/js/state/file-labels.js` is the twin; `tests/files.json` holds them together.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

WIDEST_PX, HIGHEST_PX = 420, 320  # of a picture that stands alone
SMALLEST_PX = 44  # what a finger meets

_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_UNQUOTED = "!'()*"  # as encodeURIComponent has it
_UNITS = ("KB", "MB", "GB")


class FileLabels(NamedTuple):
    """What a page writes of a file. `width` and `height` are pixels, of a picture alone."""

    path: str
    stem: str
    ending: str
    sign: str
    size: str
    width: int
    height: int


def file_labels(file: Mapping[str, Any]) -> FileLabels:
    """What is written of a file, as it is on the wire."""
    name = file["name"]
    found = _ENDING.search(name)
    stem = name[: found.start()] if found else name
    path = f"/files/{file['id']}/{quote(name, safe=_UNQUOTED)}"
    sign = found[1].upper() if found else file["kind"].upper()
    box = _box(file.get("width") or WIDEST_PX, file.get("height") or HIGHEST_PX)
    return FileLabels(path, stem, name[len(stem) :], sign, size_label(file["size"]), *box)


def size_label(size: int) -> str:
    """So many bytes for people: `640 B`, `9.8 KB`, `25 MB`."""
    if size < 1024:
        return f"{size} B"
    steps = 0
    tenths = size * 10 // 1024
    while tenths >= 10_240 and steps < len(_UNITS) - 1:
        tenths //= 1024
        steps += 1
    return f"{tenths // 10}.{tenths % 10} {_UNITS[steps]}" if tenths < 100 else f"{tenths // 10} {_UNITS[steps]}"


def _box(width: int, height: int) -> tuple[int, int]:
    """The space of a picture that stands alone: it is never larger than itself, and never too small to be met."""
    scale = min(1, WIDEST_PX / width, HIGHEST_PX / height)
    return max(SMALLEST_PX, int(width * scale + 0.5)), max(SMALLEST_PX, int(height * scale + 0.5))
