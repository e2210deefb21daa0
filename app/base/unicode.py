"""Unicode as it was in version 14, the oldest that a supported Python has.

What one version of Unicode does to the characters that it has, all later ones do; only characters that it does not have
change from nothing to something. So a form that is stored, compared or unique is made of these alone, and the others
stay as they are: it is the same with every Python.
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
