"""Unicode as it was in version 14, the oldest that a supported Python has.

A later version treats the characters of an earlier one as that did; only new characters change. So where a text is
normalised to be stored, compared or unique, this is done to the characters of version 14 alone, and newer ones stay as
they are. The result is the same with every Python.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path


def settled(make: Callable[[str], str], text: str) -> str:
    """The text with `make` applied to each run of characters that Unicode 14 has."""
    return make(text) if text.isascii() else _runs().sub(lambda run: make(run[0]), text)


def is_settled(text: str) -> bool:
    """Whether Unicode 14 has all its characters."""
    return text.isascii() or _runs().fullmatch(text) is not None


@cache
def _runs() -> re.Pattern[str]:
    # Not `regex`, which goes through the ranges one by one: thirty times as slow.
    ranges = (each.split("-") for each in Path(__file__).with_name("unicode_14.txt").read_text("ascii").split())
    return re.compile("[" + "".join(rf"\U{ends[0]:0>8}-\U{ends[-1]:0>8}" for ends in ranges) + "]+")
