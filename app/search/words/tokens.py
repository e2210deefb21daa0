"""The words of a text, with their places. Pure.

A word is letters, digits and the marks on them. Scripts that have no spaces between words are taken as runs, which are
found by pairs of their signs. What is joined by signs, as foo-bar/baz, is its words, one after the other.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Literal, NamedTuple

from app.search.words.folding import APOSTROPHES, QUOTES, form_of, form_of_run

Kind = Literal["word", "part", "run"]


class Token(NamedTuple):
    """A word, or a part of the word around it, or a run of signs without spaces; and where it stands.

    `form` is in small letters, with its accents. `C++`, `#412`, `@alice` and emoji are words, too; their parts are
    `C`, `412` and `alice`. The parts of a telephone number are what can be made of its groups. What a hyphen joins is a
    part around both words: `email`, of `e-mail`.
    """

    form: str
    begin: int
    end: int
    kind: Kind


# Thai, Lao, Burmese, Khmer, kana, Chinese characters, Hangul.
UNSPACED = (
    "\u0e00-\u0e4e\u0e80-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7af\u1100-\u11ff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U000323af"
)
# Marks that `\w` leaves out: accents, points, vowels of Indic scripts.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03"
    "\u0a3c-\u0a51\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c56"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u200c\u200d\u00ad"
)
_LETTER = rf"[^\W_{UNSPACED}]"
_WORD = rf"{_LETTER}(?:{_LETTER}|[{_MARKS}])*"
# Quotation marks within a word, where people type them for its sign: צה"ל, м"яч.
_QUOTE = (
    r"(?<=[\u05d0-\u05ea])\"(?=[\u05d0-\u05ea])"
    r"|(?<=[бвгґджзклмнпрстфхцчшщБВГҐДЖЗКЛМНПРСТФХЦЧШЩ])[\"”](?=[єїюяЄЇЮЯ])"
)
_JOINED = rf"{_WORD}(?:(?:[{APOSTROPHES}]|{_QUOTE}){_WORD})*"
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
)
_DATE = r"\d{4}-\d\d?-\d\d?(?!\d)|\d\d?[-/]\d\d?[-/]\d{4}(?!\d)"
# What says that digits are a telephone number: `+`, a bracket or `0` before seven of them and more; the way in which
# countries with ten digits write theirs, 8 (800) 555-35-35 and 1-800-555-0199; three to seven groups joined by
# dashes, or by dots. What can be made of the groups grows by the square of their number.
PHONE = (
    r"(?=[+(\d])(?:(?<![\w+])\(?\+\(?\d(?:[ \u00a0/().-]{0,2}\d){6,14}"
    rf"|(?<![\w+.,:/-])(?!{_DATE})(?:(?:(?<!\()\(+|(?=0))\d(?:[ \u00a0/()-]{{0,2}}\d){{6,14}}"
    r"|\d(?:[ \u00a0]?\(\d{3}\)[ \u00a0]?|[ \u00a0-]\d{3}[ \u00a0-])\d{3}[ \u00a0-]\d\d[ \u00a0-]?\d\d"
    r"|\d{2,5}(?:-\d{2,5}){2,6}|\d{3}\.\d{3}\.\d{4}|0\d(?:\.\d\d){4}))(?![\w-]|\.\d)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_]{2})(?=\d+\Z)")
# l’équipe, dell’anno: the word without the article; James’s, İstanbul'da: the name.
_ELIDED = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|(?:d|n|s)?ell|all|dall|nell|un|quest)['’](?=[^\W\d_]{2})", re.I
)
_POSSESSED = re.compile(r"([A-Za-z\u00c0-\u024f]{3,})['’][^\W\d_]{1,3}\Z")
_VERSION = re.compile("[Vv][0-9]+")  # v1.2.3 is 1.2.3, too
_DIGITS = re.compile(r"\d+")
HYPHENS = "\u2010\u2011-"  # in a set of characters they stand last
_HYPHEN = re.compile(f"[{HYPHENS}]")
_NUMBERS = re.compile(rf"[\d{HYPHENS}]+")
_TRUNK = re.compile(r"(?<=\d)[ \u00a0]?\(0\)")  # +44 (0)20: the zero is dialled within the country alone
SHORTEST_PHONE = 7


def tokens(text: str) -> Iterator[Token]:
    """The words of a text from left to right, each before its parts; what hyphens join comes last."""
    for kind, piece, begin in pieces(text):
        yield from (token for token in tokens_of(kind, piece, begin) if token.form)


@cache  # compiled with the first text: it takes 20 ms
def _token() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<run>[{UNSPACED}]+)|(?P<phone>{PHONE})|(?P<tag>[#@]{_JOINED})"
        rf"|(?P<word>{_JOINED}(?:\+\+|\#(?=\W|\Z))?)|(?P<emoji>{_EMOJI})"
    )


@cache
def _hyphened() -> re.Pattern[str]:
    beside = rf"[^\W{UNSPACED}]|[{_MARKS}{HYPHENS}]"  # what belongs to the word; 在Wi-Fi下 has others around it
    begin = rf"(?<!{beside})(?<!\w[{APOSTROPHES}{QUOTES}])"  # once a word, or a long one takes seconds
    return re.compile(rf"{begin}{_JOINED}[{HYPHENS}]{_JOINED}(?!{beside})")


def pieces(text: str) -> Iterator[tuple[str, str, int]]:
    """The words of a text as they are written, with what kind each is and where it begins.

    Of kind "hyphened" are two words with a hyphen between them, beside each of the two. Numbers are not.
    """
    yield from ((str(found.lastgroup), found[0], found.start()) for found in _token().finditer(text))
    if _HYPHEN.search(text):
        for found in _hyphened().finditer(text):
            if not _NUMBERS.fullmatch(found[0]):
                yield "hyphened", found[0], found.start()


def tokens_of(kind: str, piece: str, begin: int = 0) -> Iterator[Token]:
    """The tokens of one piece."""
    end = begin + len(piece)
    match kind:
        case "run":
            yield Token(form_of_run(piece), begin, end, "run")
        case "phone":
            yield from _of_phone(piece, begin)
        case "tag":
            name = form_of(piece[1:])
            yield Token(piece[0] + name, begin, end, "word")
            yield Token(name, begin + 1, end, "part")
        case "emoji":
            yield Token(piece, begin, end, "word")
        case "hyphened":
            joined = _HYPHEN.sub("", piece)
            cut = elided.end() if (elided := _ELIDED.match(joined)) else 0
            yield Token(form_of(joined[cut:]), begin + cut, end, "part")
        case _:
            yield from _of_word(piece, begin)


def _of_word(word: str, begin: int) -> Iterator[Token]:
    if elided := _ELIDED.match(word):
        word, begin = word[elided.end() :], begin + elided.end()
    yield Token(form_of(word), begin, begin + len(word), "word")
    if word.isalpha() and word.islower():
        return
    bare = word.rstrip("+#")
    if bare != word:
        yield Token(form_of(bare), begin, begin + len(bare), "part")
    elif possessed := _POSSESSED.match(word):
        yield Token(form_of(possessed[1]), begin, begin + len(possessed[1]), "part")
    letters = bare.rstrip("0123456789")
    if 1 < len(letters) < len(bare) and letters.isalpha():
        yield Token(form_of(letters), begin, begin + len(letters), "part")
    if _VERSION.fullmatch(bare):
        yield Token(bare[1:], begin + 1, begin + len(bare), "part")
    if len(parts := _CAMEL.split(bare)) > 1:
        for part in parts:
            yield Token(form_of(part), begin, begin + len(part), "part")
            begin += len(part)


def _of_phone(number: str, begin: int) -> Iterator[Token]:
    """The whole as one number, then its groups, and all that follow one another and are long enough for a number."""
    groups = [*_DIGITS.finditer(number)]
    digits = "".join(_DIGITS.findall(_TRUNK.sub(" ", number)))
    yield Token(digits, begin, begin + len(number), "word")
    for first, group in enumerate(groups):
        for last, joined in enumerate(accumulate(each[0] for each in groups[first:]), first):
            if (first == last or len(joined) >= SHORTEST_PHONE) and joined != digits:
                yield Token(joined, begin + group.start(), begin + groups[last].end(), "part")
