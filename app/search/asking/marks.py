"""Whether a message is what was asked for, and which stretches of it are: judged by its present text. Pure.

The index only proposes: it has neither the order of words nor the text of this moment.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, takewhile
from typing import NamedTuple

import regex

from app.search.asking.question import Clause, Word
from app.search.asking.slips import is_slip
from app.search.asking.standing import may_stand
from app.search.words.folding import folded, form_of_run
from app.search.words.languages import candidates
from app.search.words.lexemes import matches
from app.search.words.tokens import Token, tokens

SIGNS = regex.compile(r"\X")


class Stretch(NamedTuple):
    """A part of a text, by the places of its characters."""

    begin: int
    end: int


class Text:
    """A text that clauses are looked for in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[Word, list[Stretch]] = {}

    @cached_property
    def _tokens(self) -> list[Token]:
        return sorted(tokens(self._text), key=_place)

    @cached_property
    def _begins(self) -> list[int]:
        return [token.begin for token in self._tokens]

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        return candidates(self._text)

    def has(self, clause: Clause) -> bool:
        """Whether the words of a clause stand in the text, next to each other."""
        return any(may_stand(self._text, words) and self._runs(words) for words in clause.ways)

    def first(self, clause: Clause) -> Stretch | None:
        """Where the words of a clause stand first, from the first of them to the last; None where they do not."""
        runs = (run for words in clause.ways for run in self._runs(words))
        return min((Stretch(run[0].begin, run[-1].end) for run in runs), default=None)

    def marks(self, clause: Clause) -> set[Stretch]:
        """What of the text a clause asks for."""
        return {stretch for words in clause.ways for run in self._runs(words) for stretch in run}

    def _runs(self, words: Sequence[Word]) -> list[tuple[Stretch, ...]]:
        """The places in which the words stand next to each other."""
        runs: list[tuple[Stretch, ...]] = [(stretch,) for stretch in self._stretches(words[0])]
        for word in words[1:]:
            if not runs:
                return []
            following = self._stretches(word)
            runs = [(*run, each) for run in runs for each in self._next_of(run[-1].end, following)]
        return runs

    def _next_of(self, end: int, following: Sequence[Stretch]) -> Iterator[Stretch]:
        """What follows a place: `islice` would count to it anew for each, and a text made against us takes seconds."""
        nearest = map(following.__getitem__, range(bisect_left(following, Stretch(end, 0)), len(following)))
        return takewhile(lambda each: self._is_next(end, each.begin), nearest)

    def _stretches(self, word: Word) -> list[Stretch]:
        if word not in self._found:
            self._found[word] = [each for token in self._tokens for each in self._within(token, word)]
        return self._found[word]

    def _within(self, token: Token, word: Word) -> Iterable[Stretch]:
        if (word.how == "run") != (token.kind == "run"):
            return ()
        if word.how == "run":
            return _parts(token, self._text[token.begin : token.end], word.form)
        return (Stretch(token.begin, token.end),) if self._matches(token, word) else ()

    def _matches(self, token: Token, word: Word) -> bool:
        if word.how == "slip":
            is_word = matches(word.form, "word", token.form, self._languages)
            return is_word or is_slip(folded(word.form), folded(token.form))
        return matches(word.form, word.how, token.form, self._languages)

    def _is_next(self, end: int, begin: int) -> bool:
        """Whether nothing that could be asked for stands between two places."""
        first = bisect_left(self._begins, end)
        around = self._tokens[first - 1] if first else None
        if around and around.kind == "run" and around.end > end:
            return begin == end
        for token in map(self._tokens.__getitem__, range(first, len(self._tokens))):
            if token.begin >= begin:
                return True
            if token.kind == "run" or token.end <= begin:
                return False
        return True


def _place(token: Token) -> tuple[int, int]:
    return token.begin, token.end


def _parts(token: Token, run: str, form: str) -> Iterable[Stretch]:
    """Where a form stands in a run, which may be written with more signs or fewer: ำ, ｼﾞ."""
    at = token.form.find(form)
    edges = _edges(run) if at >= 0 and run != token.form else None
    while at >= 0:
        begin, end = (at, at + len(form)) if edges is None else _around(edges, at, at + len(form))
        yield Stretch(token.begin + begin, token.begin + end)
        at = token.form.find(form, at + 1)


def _edges(run: str) -> tuple[list[int], list[int]]:
    """Where the signs of a run end: in its form, and as it is written."""
    signs = [*SIGNS.finditer(run)]
    return [0, *accumulate(len(form_of_run(sign[0])) for sign in signs)], [0, *(sign.end() for sign in signs)]


def _around(edges: tuple[list[int], list[int]], begin: int, end: int) -> tuple[int, int]:
    """The signs, as they are written, that a stretch of the form is in."""
    formed, written = edges
    return written[bisect_right(formed, begin) - 1], written[min(bisect_left(formed, end), len(written) - 1)]
