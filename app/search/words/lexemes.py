"""What messages are found by: the lexemes of a text, and those that a word or its beginning is asked for by. Pure.

A word is kept as its stem, in each language that the text may be of. One that was cut ends with a star: `connect*` for
"connected", `connect` for "connect". So a beginning finds shorter stems, too: "connecti" asks for what begins so, or
for `connect*`, `connec*` …, but not for the word "in" when somebody types "inter". Where no stem begins as the word
does, the word itself is kept beside it. Of stems that begin alike only the shortest is kept, if the others are little
longer: what is asked for by one of those asks for its beginnings, too. It proposes more messages than have the word,
and the judge of a message (`matches`) sees which have it; but the index is a fifth smaller.

Every word, and every beginning of one, finds the text that it stands in; tests/search/test_lexemes.py holds that.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from app.search.words.folding import folded, form_of, form_of_run
from app.search.words.germanic import english_alone
from app.search.words.languages import ALL, LIKELY, PERHAPS, VERB, candidates, of_script
from app.search.words.stems import SHORTEST_CHARS, stems
from app.search.words.tokens import pieces, tokens_of

CUT = "*"
MOST_CUT_CHARS = 8  # from a word whose stem is all that is kept of it
SHORTEST_BEGINNING = 2
LONGER_CHARS = 2  # stems that are so much longer are found by a shorter one that they begin with,
SHORTEST_SHARED_CHARS = 4  # if that has as many as these
SHORTEST_GUESSED_CHARS = 4  # of a stem in a language that is only guessed
PREFIXED = frozenset({"hebrew", "arabic"})  # “the” and “and” are written to the next word, which begins behind them
_FORBIDDEN = re.compile(r"[\s\\'\x00-\x1f\x7f]")


def lexemes(text: str) -> set[str]:
    """All that a text is found by. None has white space, a quote, a backslash or a capital letter."""
    languages = candidates(text)
    latin = of_script("a", languages)
    found: set[str] = set()
    for kind, piece, _ in pieces(text):
        if kind == "run":
            found.update(_pairs(form_of_run(piece)))
            continue
        of_piece = latin if "A" <= piece[0] < "\u0250" else of_script(piece, languages)
        found.update(_of_piece(kind, piece, of_piece))
    return found


@lru_cache(1 << 16)
def _of_piece(kind: str, piece: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The lexemes of a piece of text, and of its parts."""
    if kind == "word" and piece.isalpha() and piece[1:].islower():
        return tuple(_kept(form_of(piece), languages))
    every = (_kept(each.form, languages) for each in tokens_of(kind, piece) if each.form)
    return tuple(dict.fromkeys(lexeme for kept in every for lexeme in kept))


def _pairs(run: str) -> Iterator[str]:
    """Each two signs that stand together, and the last alone, so that one sign is the beginning of a lexeme."""
    return (_FORBIDDEN.sub("", run[at : at + 2]) for at in range(len(run)))


@lru_cache(1 << 10)
def keys_of(form: str) -> frozenset[str]:
    """The lexemes that a word is asked for by, in all its forms and whatever the language: any of them."""
    word = folded(form)
    every = {word, *(stem.removesuffix(VERB) for each in of_script(word, ALL) for stem in _stems(form, each))} - {""}
    return frozenset({*every, *(f"{begin}{CUT}" for stem in every for begin in (stem, *_beginnings(stem)))})


def prefix_query(form: str) -> list[tuple[str, bool]]:
    """The lexemes that the beginning of a word is asked for by, each with whether any that begins so counts."""
    word = folded(form)
    shorter = [
        (f"{word[:end]}{CUT}", False) for end in range(max(SHORTEST_BEGINNING, len(word) - MOST_CUT_CHARS), len(word))
    ]
    return [(word, True), *shorter, *((key, False) for key in sorted(keys_of(form)) if not key.startswith(word))]


def matches(question: str, how: str, form: str, languages: tuple[str, ...]) -> bool:
    """Whether a form in a text of these languages is what was asked for.

    `how` it was asked: "exact"; as the "beginning" of a word; or as a "word", in all its forms.
    """
    asked, found = folded(question), folded(form)
    if asked == found:
        return True
    if how == "exact":
        return False
    if how == "beginning" and found.startswith(asked):
        return True
    script = of_script(found, languages)
    if how == "beginning" and script[0] in PREFIXED and any(stem.startswith(asked) for stem in _stems(form, script[0])):
        return True
    common = {each: _stems(question, each.removesuffix(PERHAPS)) & _stems(form, each) for each in script}
    # "ran" may be the beginning of "random", and is no "run" yet.
    if how == "beginning" and "english" in common and asked.isalpha():
        common["english"] = frozenset(filter(asked.startswith, common["english"]))
    if not any(common.values()) or script != LIKELY or common["english"]:
        return any(common.values())
    return not _misleads(asked, found) and any(_guessed(question, common))


def _guessed(question: str, common: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The stems in common that count where the text does not show its language.

    Those that are not short, else "baz" would find "bazaar", by an ending that is a Spanish one, and "data" would find
    "date"; and those of a language that the question shows.
    """
    shown = candidates(question)
    for each in LIKELY[1:]:
        is_guess = shown == LIKELY or each.removesuffix(PERHAPS) not in shown
        yield from (stem for stem in common[each] if not is_guess or len(stem) >= SHORTEST_GUESSED_CHARS)


def _misleads(asked: str, found: str) -> bool:
    """Whether these are one word in other languages alone: "parties" of "part", or what English tells apart."""
    if any(english_alone(form) for form in (asked, found)):
        return True
    return {_ending(asked), _ending(found)} == {"ies", ""}


def _ending(form: str) -> str:
    return next((ending for ending in ("ies", "ie") if form.endswith(ending)), "")


def _kept(form: str, languages: tuple[str, ...]) -> set[str]:
    """The lexemes of one word."""
    word = folded(form)
    if not _has_stems(word):
        return {word, word.lstrip("0") or word} if word.isdigit() else {word}
    found: set[str] = set()
    for stem in sorted(_every_stem(form, languages), key=len):
        if found.isdisjoint(_beginnings(stem)):
            found.add(stem)
    kept = {stem if stem == word else f"{stem}{CUT}" for stem in found}
    shortest = max(SHORTEST_BEGINNING, len(word) - MOST_CUT_CHARS)
    if not any(word.startswith(stem) and len(stem) >= shortest for stem in found):
        kept.add(word)
    return kept


def _every_stem(form: str, languages: tuple[str, ...]) -> set[str]:
    word = folded(form)
    shapes = (form,) if form == word else (form, word)
    script = of_script(word, languages)
    return {stem.removesuffix(VERB) for each in script for shape in shapes for stem in stems(shape, each)}


def _beginnings(stem: str) -> list[str]:
    """What may be kept in place of a stem: the stem of another language, that this one begins with."""
    return [stem[:end] for end in range(max(SHORTEST_SHARED_CHARS, len(stem) - LONGER_CHARS), len(stem))]


def _has_stems(word: str) -> bool:
    return len(word) >= SHORTEST_CHARS and word.isalpha()


@lru_cache(1 << 14)
def _stems(form: str, language: str) -> frozenset[str]:
    """The stems of a word as it is written, and as it is without accents."""
    word = folded(form)
    if not _has_stems(word):
        return frozenset({word, word.lstrip("0")} if word.isdigit() else {word})
    return stems(form, language) | stems(word, language)
