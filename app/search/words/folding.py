"""What a word is compared by: without case, accents and signs that people leave out. Pure.

Stemmers need the accents, so a word has two shapes: its form, in which only case and what nobody types is gone, and the
folded form, which has no accents either.
"""

import re
import unicodedata
from functools import lru_cache

from app.base.folding import PLAIN
from app.base.unicode import settled

LONGEST_CHARS = 40  # of a word in the index; longer ones are cut
APOSTROPHES = "'’ʼ‘`´ʻ＇׳״"  # the last two are Hebrew
QUOTES = '"”'  # what people type for some of them

# Points of Hebrew, vowels of Arabic and its long stroke, the stress mark of Cyrillic, joiners, selectors of a variant.
UNTYPED = re.compile(
    f"[{APOSTROPHES}{QUOTES}\\s\u0300\u0301\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u200b-\u200f\u2060\ufe00-\ufe0f\u00ad]"
)
_NO_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES + QUOTES))
_ACCENTS = re.compile("[\u0300-\u036f\u0653-\u0655\u1ab0-\u1aff\u1dc0-\u1dff]")
_OTHER_DIGITS = re.compile("(?![0-9])\\d")  # ٢, २
_SOUND_MARKS = {0x309B: 0x3099, 0x309C: 0x309A}  # of kana, which stand behind their sign when they are typed alone
_BREVE, _DOTS = "\ue000", "\ue001"  # hold the place of those two, meanwhile


@lru_cache(1 << 14)
def form_of(word: str) -> str:
    """A word in small letters, without apostrophes, points and what is not seen; with its accents."""
    if word.isascii():
        return UNTYPED.sub("", word.lower()) if not word.isalnum() else word.lower()
    return settled(_small, word)


def form_of_run(run: str) -> str:
    """A run of signs without spaces; wide and narrow ones are the same."""
    return unicodedata.normalize("NFKC", run.translate(_SOUND_MARKS))


def _small(word: str) -> str:
    whole = word.translate(_NO_APOSTROPHES)  # before they are normalized: ´ would become a space
    small = unicodedata.normalize("NFKC", whole).replace("İ", "i").lower()
    # Accents that stand alone would be lost with the stress marks, so they are joined to their letters first.
    return UNTYPED.sub("", unicodedata.normalize("NFC", small))


@lru_cache(1 << 14)
def folded(form: str) -> str:
    """A form without accents, and with plain letters for those that keyboards lack: ł, ø, ß, ё, ґ, أ, ٢."""
    return (form if form.isascii() else settled(_plain, form))[:LONGEST_CHARS]


def _plain(form: str) -> str:
    apart = unicodedata.normalize("NFD", form)
    kept = re.sub("(?<=и)\u0306", _BREVE, re.sub("(?<=і)\u0308", _DOTS, apart))
    plain = _ACCENTS.sub("", kept).replace(_BREVE, "\u0306").replace(_DOTS, "\u0308")
    letters = unicodedata.normalize("NFC", plain).translate(PLAIN)
    return _OTHER_DIGITS.sub(lambda digit: str(unicodedata.decimal(digit[0])), letters)
