"""How names are put in order, as people do it: Ä beside A, Є after Е, room 2 before room 10, whatever their case. Pure.

It is the order of the Unicode Collation Algorithm's root (UTS 10, CLDR), as `Intl.Collator` has it on the page, for
what names are made of; tests/people/sorting.json is what both are held to. pyuca (1.2, of 2017) gives the same there
but for numbers, and takes 11 MB and 0.1 s of each process.
"""

import unicodedata
from functools import lru_cache

import regex

REMEMBERED = 4096  # texts: whoever opens a page sees their rooms in order, and the rooms stay the same
SORT_KEY_CHARS = 400  # PostgreSQL's indexes take 2,700 bytes
_NEXT = "\x01"  # below all that is compared: what comes first decides

# In this order, before digits; `_` and the others stand elsewhere in ASCII.
_SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_CYRILLIC = "аәбвгғдђеєжзѕиійјкқлљмнңњоөпрстћуүұфхҳһцчҷџшщъыьэюя"
# What stands behind all words with the letter before it.
_BEHIND = {"ŧ": "t", "ı": "i", "ə": "e", "ɛ": "e", "ħ": "h", "ŋ": "n", "ɔ": "o", "ĸ": "q", "þ": "z"}
_HIGH = "\uf8ff"

_TABLE: dict[int, str] = {ord(sign): chr(2 + place) for place, sign in enumerate(_SIGNS)}
_TABLE |= {ord(letter): chr(0x400 + place) for place, letter in enumerate(_CYRILLIC)}
_TABLE |= {ord(letter): base + _HIGH for letter, base in _BEHIND.items()}
_TABLE |= {ord(letter): plain for letter, plain in zip("æœßøłđð", ["ae", "oe", "ss", "o", "l", "d", "d"], strict=True)}
_TABLE[ord("ґ")] = _TABLE[ord("г")]
_MARKS = regex.compile(r"(?<!и)\p{Mn}+|(?<=и)[\p{Mn}--\u0306]+", regex.V1)
_DIGITS = regex.compile(r"[0-9]+")


@lru_cache(REMEMBERED)
def sort_key(text: str) -> str:
    """Compared by code point, such keys are in the order of their texts; case and accents decide between equals."""
    plain = unicodedata.normalize("NFKC", text).lower()
    letters = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", plain)))
    key = _DIGITS.sub(_by_size, letters).translate(_TABLE)
    return f"{key}{_NEXT}{plain.translate(_TABLE)}{_NEXT}{text.swapcase()}"[:SORT_KEY_CHARS]


def person_sort_key(name: str) -> str:
    """The same of a person, whose name's case decides nothing: of equals, whoever came first stands first."""
    return sort_key(name.lower())


def _by_size(digits: regex.Match[str]) -> str:
    """Digits so that a smaller number comes first."""
    number = digits[0].lstrip("0")
    return f"{min(len(number), 9)}{number}"
