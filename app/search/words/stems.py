"""What the forms of a word have in common, by the language it may be of. Pure.

Snowball's stemmers (PyStemmer, the same algorithms in C), with what they get wrong for search mended: Russian nouns
that end as verbs do, vowels that come and go in Slavic words. Ukrainian and Hebrew, which Snowball has not, by their
endings and prefixes.
"""

import re
from collections.abc import Iterator

import Stemmer

from app.search.words import languages, slavic
from app.search.words.folding import folded

SHORTEST_CHARS = 3  # shorter words have no stem
_SNOWBALL = {name: Stemmer.Stemmer(name, 0) for name in (*languages.LATIN, "russian", "arabic", "greek")}

_SLAVIC = {"polish": slavic.polish, "czech": slavic.czech, "russian": slavic.russian}
_ARABIC_PREFIX = re.compile("^[وف]?(?:ال|بال|كال|لل)")
_HEBREW_PREFIX = re.compile(r"(?:ו?(?:כש|לכש|מש|ש)?[הבלכמ]?)")
_HEBREW_ENDINGS = re.compile(r"(?<=..)(?:יים|ים|ות|ה|ת)$")


def stems(form: str, language: str) -> frozenset[str]:
    """The stems of a form in one language, most often one, without accents."""
    return frozenset(folded(stem) for stem in _stems(form, language) if stem)


def _stems(form: str, language: str) -> Iterator[str]:
    match language:
        case "ukrainian":
            yield from slavic.ukrainian(form)
        case "hebrew":
            yield from _hebrew(form)
        case "arabic":
            yield _snowball(form, language)
            if len(rest := _ARABIC_PREFIX.sub("", form)) >= SHORTEST_CHARS:
                yield _snowball(rest, language)
        case "portuguese":
            yield _snowball(form.removesuffix("ões") + "ão" if form.endswith("ões") else form, language)
        case "polish" | "czech" | "russian":
            yield _snowball(form, language)
            yield from _SLAVIC[language](form)
        case languages.NONE:
            yield form
        case _:
            yield _snowball(form, language)


def _snowball(form: str, language: str) -> str:
    return _SNOWBALL[language.removesuffix(languages.PERHAPS)].stemWord(form) or form


def _hebrew(form: str) -> Iterator[str]:
    longest = _HEBREW_PREFIX.match(form)
    for cut in range((longest.end() if longest else 0) + 1):
        rest = form[cut:]
        if len(rest) >= SHORTEST_CHARS and _HEBREW_PREFIX.fullmatch(form[:cut]):
            yield _HEBREW_ENDINGS.sub("", rest)
