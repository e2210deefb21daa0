"""In which languages a text may be written, by its letters and the small words that every text is full of. Pure.

Where nothing says which, it may be any of several: the words of a short text get the stems of all of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain

from app.search.words.small_words import SMALL_WORDS

_LETTERS = {
    "german": "äöüß",
    "french": "àâçèéêëîïôùûœæ",
    "spanish": "ñáíóú¿¡",
    "italian": "àèéìòù",
    "portuguese": "ãõáâàçéêíóôú",
    "polish": "ąćęłńóśźż",
    "czech": "ěščřžýáíéůúťďň",
    "dutch": "ëï",
    "swedish": "åäö",
    "turkish": "ğış",
}

LATIN = tuple(SMALL_WORDS)
CYRILLIC = ("ukrainian", "russian")
ALL = (*LATIN, *CYRILLIC)
VERB = "~"  # at the end of a root of verbs, which equals such roots alone
PERHAPS = "?"  # after a language that nothing speaks for: only Snowball's careful stems
LIKELY = ("english", "german", "french", "spanish", "polish?", "czech?")  # where no word says which
_CAREFULLY = {each.removesuffix(PERHAPS): each for each in LIKELY if each.endswith(PERHAPS)}
_OTHERS = (("greek", "\u0370", "\u0400"), ("hebrew", "\u0590", "\u0600"), ("arabic", "\u0600", "\u0780"))
NONE = "none"  # of a script whose words have no stems
_WORDS_OF = {language: words.split() for language, words in SMALL_WORDS.items()}


def _turned(of: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The languages of each word or letter."""
    turned: dict[str, list[str]] = {}
    for language, signs in of.items():
        for sign in signs:
            turned.setdefault(sign, []).append(language)
    return turned


# For each word and letter those that it votes for, once for each vote.
_SPEAKERS = {word: speakers * 2 for word, speakers in _turned(_WORDS_OF).items()}
_WRITERS = {letter: writers * (2 if len(writers) == 1 else 1) for letter, writers in _turned(_LETTERS).items()}
# Letters that stand together in few languages.
_BUNCHES = {
    "german": re.compile("schr"),
    "polish": re.compile("prz|szcz|czy|[dr]z[ey]|dzi|sze|trz|krz|wsz"),
    "czech": re.compile(r"[jntlvd]í\b|ý|[sz]át\b|[bčdhjklmnpstvz]ou\b"),
    "dutch": re.compile("ij|schr|oe[nkd]"),
}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_UKRAINIAN, _RUSSIAN = re.compile("[іїєґ]"), re.compile("[ыэъё]")
LOOKED_AT_CHARS = 400  # of a text


@lru_cache(1 << 10)
def candidates(text: str) -> tuple[str, ...]:
    """The languages that a text may be written in, for Latin and Cyrillic words; English always among the Latin."""
    small = text[:LOOKED_AT_CHARS].lower()
    return _latin(small) if small.isascii() else (*_latin(small), *_cyrillic(small))


def of_script(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the languages that are written as a word is; one that stands for all where there is no choice."""
    first = word[1:2] if word[0] in "#@" else word[0]
    if first < "\u0250" or "\u1e00" <= first < "\u1f00":
        return tuple(each for each in languages if each not in CYRILLIC)
    if "\u0400" <= first < "\u0530":
        return tuple(each for each in languages if each in CYRILLIC)
    return (next((language for language, begin, end in _OTHERS if begin <= first < end), NONE),)


def _latin(text: str) -> tuple[str, ...]:
    words = _SPEAKERS.keys() & _WORD.findall(text.replace("’", "'"))
    letters = () if text.isascii() else _WRITERS.keys() & text
    votes = Counter(chain.from_iterable([*map(_SPEAKERS.__getitem__, words), *map(_WRITERS.__getitem__, letters)]))
    votes.update({language: 2 for language, bunch in _BUNCHES.items() if bunch.search(text)})
    if not (most := max(votes.values(), default=0)):
        return LIKELY
    return tuple(
        each if votes.get(each, 0) > 1 else _CAREFULLY.get(each, each)
        for each in LATIN
        if each == "english" or votes.get(each, 0) * 2 >= most
    )


def _cyrillic(text: str) -> tuple[str, ...]:
    is_ukrainian, is_russian = _UKRAINIAN.search(text) is not None, _RUSSIAN.search(text) is not None
    if is_ukrainian == is_russian:
        return CYRILLIC
    return CYRILLIC[:1] if is_ukrainian else CYRILLIC[1:]
