"""What stands on an avatar that has no picture. Pure; static/js/lib/text.js has the same rules."""

import unicodedata
from functools import lru_cache

import regex

from app.base.unicode import is_settled

REMEMBERED = 4096  # names: a page shows those of a few people, again and again

_SIGNS = regex.compile(r"\X")
_SMALL = regex.compile(r"\p{Ll}")
_GEORGIAN = regex.compile(r"[\u10D0-\u10FF\u1C90-\u1CBF]")  # with capitals that hardly a font has
_TURKIC = regex.compile("[ıİğĞəƏ]")  # a name with one of these keeps the dot on its i, also as a capital
_DIGRAPHS = {"Ǆ": "ǅ", "Ǉ": "ǈ", "Ǌ": "ǋ", "Ǳ": "ǲ"}  # two letters in one, of which the first alone is a capital


@lru_cache(REMEMBERED)
def initials(name: str) -> str:
    """The first signs of the first and the last word of a name, as one sees them: what stands on an avatar.

    Scripts without capitals, from U+2E80 on, need one sign.
    """
    words = name.split() or ["?"]
    signs: list[str] = [_SIGNS.findall(word)[0] for word in (words[0], words[-1])]
    shown = signs[:1] if len(words) == 1 or signs[0] >= "\u2e80" else signs
    is_turkic = _TURKIC.search(name) is not None
    return "".join("İ" if is_turkic and sign == "i" else _capital(sign) for sign in shown)


def _capital(sign: str) -> str:
    """The capital of a sign: always one sign, where ß and ﬁ have two, and one that fonts have."""
    if _GEORGIAN.match(sign):
        return sign.lower()
    great = sign.upper()
    if not is_settled(great):
        return sign
    if len(_SIGNS.findall(great)) == 1:
        return _DIGRAPHS.get(great, great)
    letter = _SMALL.search(unicodedata.normalize("NFKD", sign))
    first = letter[0] if letter else sign
    return first if first == "ß" else first.upper()
