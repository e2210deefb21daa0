"""What a text looks like, to find names that pass for one another: a skeleton as in Unicode's UTS 39. Pure.

The letters that look alike are those of Unicode's confusables.txt, in app/base/confusables.txt (made by
tests/base/confusables.py). Beside that, nothing counts that people overlook: case, signs and spaces, accents on
letters of ours, what is not drawn. A skeleton is stored, so it is the same with every version of Python.
"""

import unicodedata
from functools import cache
from pathlib import Path

import regex

from app.base.unicode import settled

_ACCENTS = regex.compile(r"[\u0300-\u036f\u0483-\u0487]+")
_LATIN = regex.compile("[A-Za-z]")
_OVERLOOKED = regex.compile(r"(?V1)[[^\p{L}\p{M}\p{N}]\p{DI}]+")  # signs, and what nobody sees
# Where small and large letters count as one, I is l and also i. The others are small letters of Cyrillic and Greek with
# capitals that look Latin.
_ONE = str.maketrans({"0": "o", "1": "l", "i": "l", "w": "vv", "ĸ": "k", "ʜ": "h", "ʙ": "b", "ᴛ": "t", "ʍ": "rn"})


def skeleton(text: str) -> str:
    """The same for all texts that look alike; not for people to read. Of nothing but signs, the text itself."""
    return settled(_skeleton, text) or text


@cache
def lookalikes() -> dict[str, str]:
    """Letters, each with the sign or signs that stand for all that look like it."""
    found: dict[str, str] = {}
    for line in Path(__file__).with_name("confusables.txt").read_text("ascii").splitlines():
        like, signs = (part.split() for part in line.split(":"))
        found |= dict.fromkeys(map(_sign, signs), "".join(map(_sign, like)))
    return found


def _sign(number: str) -> str:
    return chr(int(number, 16))


def _skeleton(text: str) -> str:
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text)))
    digits = "".join(str(unicodedata.decimal(char, char)) for char in plain)
    # A capital may look like another letter than its small one. Beside Latin letters it is there for its looks.
    seen = digits if _LATIN.search(digits) else digits.casefold()
    alike = _alike(_alike(seen).casefold())
    bare: str = _OVERLOOKED.sub("", _ACCENTS.sub("", unicodedata.normalize("NFD", alike)).casefold())
    return bare.translate(_ONE)


def _alike(text: str) -> str:
    return "".join(map(lookalikes().get, text, text))
