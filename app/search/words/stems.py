"""What the forms of a word have in common, by the language it may be of. Pure.

Snowball's stemmers (PyStemmer, the same algorithms in C), and beside their stems what they leave apart: a file for each
family of languages. Ukrainian and Hebrew, which Snowball has not, have the stems of those files alone.
"""

from collections.abc import Iterator

import Stemmer

from app.search.words import germanic, languages, romance, semitic, slavic
from app.search.words.folding import folded
from app.search.words.irregular import IRREGULAR

SHORTEST_CHARS = 3  # shorter words have no stem
_SNOWBALL = {name: Stemmer.Stemmer(name, 0) for name in (*languages.LATIN, "russian", "arabic", "greek")}

# The only stem of forms that look like those of another word: "does" is no plural of "doe".
_ALONE = {"english": germanic.english_alone, "polish": slavic.polish_noun}
# Forms that have the stem of a word, too.
_AS_WELL = {
    "english": germanic.english,
    "german": germanic.german_form,
    "french": romance.french,
    "spanish": romance.spanish,
    "portuguese": romance.portuguese,
    "swedish": germanic.swedish,
}
# What forms have in common beside Snowball's stem.
_ROOTS = {
    "french": romance.french_verb,
    "german": germanic.german,
    "polish": slavic.polish,
    "czech": slavic.czech,
    "russian": slavic.russian,
    "arabic": semitic.arabic,
}


def stems(form: str, language: str) -> frozenset[str]:
    """The stems of a form in one language, most often one, without accents."""
    return frozenset(folded(stem) for stem in _stems(form, language) if stem)


def _stems(form: str, language: str) -> Iterator[str]:
    yield from _regular(form, language)
    if lemma := IRREGULAR.get(language, {}).get(form):
        yield from _regular(lemma, language)


def _regular(form: str, language: str) -> Iterator[str]:
    match language:
        case "ukrainian":
            yield from slavic.ukrainian(form)
        case "hebrew":
            yield from semitic.hebrew(form)
        case languages.NONE:
            yield form
        case _ if alone := _alone(form, language):
            yield alone
        case _:
            yield _snowball(form, language)
            if language in _AS_WELL:
                yield from (_snowball(each, language) for each in _AS_WELL[language](form))
            if language in _ROOTS:
                yield from _ROOTS[language](form)


def _alone(form: str, language: str) -> str | None:
    found = _ALONE.get(language.removesuffix(languages.PERHAPS))
    return found(form) if found else None


def _snowball(form: str, language: str) -> str:
    return _SNOWBALL[language.removesuffix(languages.PERHAPS)].stemWord(form) or form
