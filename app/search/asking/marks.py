"""Whether a message is what was asked for, and which stretches of it are: judged by its present text. Pure.

The index only proposes: it has neither the order of words nor the text of this moment.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from app.search.asking.question import Clause, Word
from app.search.asking.slips import is_slip
from app.search.asking.standing import may_stand
from app.search.words.folding import folded
from app.search.words.languages import candidates
from app.search.words.lexemes import matches
from app.search.words.tokens import Token, tokens


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
        return may_stand(self._text, clause.words) and bool(self._runs(clause.words))

    def first(self, clause: Clause) -> Stretch | None:
        """Where the words of a clause stand first, from the first of them to the last; None where they do not."""
        return next((Stretch(run[0].begin, run[-1].end) for run in self._runs(clause.words)), None)

    def marks(self, clauses: Iterable[Clause]) -> list[Stretch]:
        """What of the text these clauses ask for, from left to right; stretches that touch are one."""
        runs = (run for clause in clauses for run in self._runs(clause.words))
        marked: list[Stretch] = []
        for each in sorted({stretch for run in runs for stretch in run}):
            if marked and each.begin <= marked[-1].end:
                marked[-1] = Stretch(marked[-1].begin, max(marked[-1].end, each.end))
            else:
                marked.append(each)
        return marked

    def _runs(self, words: Sequence[Word]) -> list[tuple[Stretch, ...]]:
        """The places in which the words stand next to each other."""
        runs: list[tuple[Stretch, ...]] = [(stretch,) for stretch in self._stretches(words[0])]
        for word in words[1:]:
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
            return _parts(token, word.form)
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


def _parts(token: Token, form: str) -> Iterable[Stretch]:
    """Where a form stands in a run; the whole run where it is not as long as what was typed."""
    at = token.form.find(form)
    is_as_typed = len(token.form) == token.end - token.begin
    while at >= 0:
        begin = token.begin + at
        yield Stretch(begin, begin + len(form)) if is_as_typed else Stretch(token.begin, token.end)
        at = token.form.find(form, at + 1)
