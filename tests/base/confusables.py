"""The table of letters that look alike, app/base/confusables.txt, made of the package `confusable-homoglyphs`.

python -m tests.base.confusables > app/base/confusables.txt
"""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import confusable_homoglyphs
import regex

from app.base.unicode import is_settled

_PAIRS = Path(confusable_homoglyphs.__file__).with_name("confusables.json")
_DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f"))  # around right-to-left signs, for those who read the source
_LETTER = regex.compile(r"\p{L}|\p{Nl}")
_LETTERS = regex.compile(r"[\p{L}\p{Nd}\p{M}]+")


def pairs() -> Iterator[tuple[str, str]]:
    """A letter, and what it looks like: one sign or more. Each pair of letters comes both ways."""
    for sign, likes in json.loads(_PAIRS.read_text()).items():
        for like in likes:
            one, other = sign.translate(_DIRECTIONS), str(like["c"]).translate(_DIRECTIONS)
            if _is_source(one) and _LETTERS.fullmatch(other) and is_settled(other):
                yield one, other


def table() -> dict[str, str]:
    """Of each letter the sign or signs that stand for all that look like it; ASCII where there is one."""
    groups: dict[str, set[str]] = {}
    longer: dict[str, str] = {}
    for one, other in pairs():
        if len(other) > 1:
            longer[one] = min(longer.get(one, other), other)
            continue
        joined = groups.get(one, {one}) | groups.get(other, {other})
        groups |= dict.fromkeys(joined, joined)
    chosen = {sign: min(group, key=_rank) for sign, group in groups.items()}
    longer = {sign: longer[like] for sign, group in groups.items() for like in group if like in longer} | longer
    found = chosen | longer
    closed = {sign: "".join(found.get(each, each) for each in like) for sign, like in found.items()}
    return {sign: like for sign, like in sorted(closed.items()) if like != sign and _is_source(sign)}


def lines() -> Iterator[str]:
    """Each stand-in with the letters that look like it, by their numbers in hexadecimal."""
    by_like: dict[str, list[str]] = {}
    for sign, like in table().items():
        by_like.setdefault(like, []).append(sign)
    for like, signs in sorted(by_like.items()):
        yield f"{_numbers(like)}: {_numbers(signs)}"


def _is_source(text: str) -> bool:
    """A letter that NFKC leaves as it is, for what it changes is changed before."""
    return len(text) == 1 and _LETTER.match(text) is not None and is_settled(text) and _is_plain(text)


def _is_plain(text: str) -> bool:
    return unicodedata.normalize("NFKC", text) == text


def _rank(sign: str) -> tuple[bool, bool, int]:
    return not sign.isascii(), not sign.islower(), ord(sign)


def _numbers(signs: str | list[str]) -> str:
    return " ".join(f"{ord(sign):x}" for sign in signs)


if __name__ == "__main__":
    print("\n".join(lines()))
