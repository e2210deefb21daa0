"""What is shown of a hit: a few words around those that were asked for, on one line. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from app.search.asking.marks import SIGNS, Stretch

EXCERPT_CHARS = 200
BEFORE_CHARS = 60  # of them, before the first hit
CUT = "…"
# Words are kept whole where they are not longer than this.
_SPACE_CHARS = 20

Excerpt = list[tuple[str, bool]]
"""Pieces of text, each with whether it was asked for."""


def on_one_line(text: str) -> str:
    """The text with single spaces for white space, as an excerpt has it."""
    return " ".join(text.split())


def excerpt(text: str, marks: Sequence[Sequence[Stretch]]) -> Excerpt:
    """About 200 characters where most clauses have one of their marks, the first such place; signs are never cut.

    `marks` are those of each clause. Where there are none, it is the beginning of the text.
    """
    edges = [0, *(found.end() for found in SIGNS.finditer(text))]
    begin, end = _window(text, edges, _densest(marks))
    pieces: Excerpt = [(CUT, False)] if begin else []
    at = begin
    for mark in _whole(edges, sorted({mark for of_clause in marks for mark in of_clause})):
        if mark.end <= at or mark.begin >= end:
            continue
        pieces += [(text[at : mark.begin], False), (text[max(at, mark.begin) : min(mark.end, end)], True)]
        at = min(mark.end, end)
    pieces += [(text[at:end], False), (CUT if end < len(text) else "", False)]
    return _joined(piece for piece in pieces if piece[0])


def _densest(marks: Sequence[Sequence[Stretch]]) -> Stretch:
    """The first mark from which on an excerpt has marks of most clauses."""
    every = sorted((mark, clause) for clause, of_clause in enumerate(marks) for mark in of_clause)
    best, most, end = Stretch(0, 0), 0, 0
    within, many = [0] * len(marks), 0  # marks of each clause, and of how many clauses there are some
    for at, (mark, clause) in enumerate(every):
        while end < len(every) and (end <= at or every[end][0].end - mark.begin <= EXCERPT_CHARS - BEFORE_CHARS):
            many += within[every[end][1]] == 0
            within[every[end][1]] += 1
            end += 1
        if many > most:
            best, most = mark, many
        within[clause] -= 1
        many -= within[clause] == 0
    return best


def _window(text: str, edges: Sequence[int], mark: Stretch) -> Stretch:
    """What of the text is shown: from one edge to another, of words where they are not far."""
    begin = max(0, min(mark.begin - BEFORE_CHARS, len(text) - EXCERPT_CHARS))
    end = min(len(text), begin + EXCERPT_CHARS)
    if begin > 0 and (space := text.find(" ", begin, min(mark.begin, begin + _SPACE_CHARS))) >= 0:
        begin = space + 1
    if end < len(text) and (space := text.rfind(" ", max(mark.end, end - _SPACE_CHARS), end)) >= 0:
        end = space
    last = _edge_before(edges, end)
    return Stretch(_edge_before(edges, begin), max(last, _edge_behind(edges, mark.begin)))


def _whole(edges: Sequence[int], marks: Sequence[Stretch]) -> Iterator[Stretch]:
    """The marks, without a sign cut by one of their ends."""
    for mark in marks:
        yield Stretch(_edge_before(edges, mark.begin), edges[bisect_left(edges, mark.end)])


def _edge_before(edges: Sequence[int], place: int) -> int:
    return edges[bisect_right(edges, place) - 1]


def _edge_behind(edges: Sequence[int], place: int) -> int:
    return edges[min(bisect_right(edges, place), len(edges) - 1)]


def _joined(pieces: Iterable[tuple[str, bool]]) -> Excerpt:
    """The pieces, those next to each other that are alike as one."""
    return [("".join(text for text, _ in group), is_hit) for is_hit, group in groupby(pieces, itemgetter(1))]
