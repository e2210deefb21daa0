"""What a question asks the index for, as a tsquery: never less than `marks.py` accepts, and often more. Pure.

What is unwanted is left to the judge: a word in the index may be more words than the one that is not wanted.
"""

from collections.abc import Iterable, Iterator

from app.search.asking.filters import Wanted
from app.search.asking.question import MIN_BEGINNING_CHARS, Clause, Word
from app.search.asking.slips import beginnings, shorter
from app.search.index.terms import asked, in_room
from app.search.words.folding import folded
from app.search.words.lexemes import CUT, keys_of, prefix_query

# All messages: each is in a room.
_ALL = asked(in_room(0)[:1], begins=True)


def tsquery_of(clauses: Iterable[Clause], wanted: Wanted) -> str:
    """All of these clauses and conditions."""
    terms = [*dict.fromkeys(term for clause in clauses for term in _of_clause(clause))]
    if not terms and not wanted.is_bounded:
        terms.append(_ALL)
    return "&".join([*terms, *wanted.terms])


def _of_clause(clause: Clause) -> Iterator[str]:
    """Conditions on a clause, of which all must hold."""
    ways = ([*dict.fromkeys(term for word in words for term in _terms(word))] for words in clause.ways)
    first, *others = ways
    if others and first:
        yield _any("&".join(terms) for terms in (first, *others))
    else:
        yield from first


def _terms(word: Word) -> Iterator[str]:
    """Conditions on a word, of which all must hold."""
    if word.how == "beginning" and len(word.form) < MIN_BEGINNING_CHARS:
        return  # the words beside it are enough: one letter alone begins a large part of all words
    if word.how == "beginning":
        yield _any(asked(key, begins=begins) for key, begins in prefix_query(word.form))
    elif word.how == "slip":
        yield _any(asked(key, begins=begins) for key, begins in slip_query(word.form))
    elif word.how != "run":
        yield _any(asked(key) for key in sorted(keys_of(word.form)))
    elif len(word.form) == 1:
        yield asked(word.form, begins=True)
    else:
        yield from (asked(word.form[at : at + 2]) for at in range(len(word.form) - 1))


def slip_query(form: str) -> Iterator[tuple[str, bool]]:
    """The lexemes of the words that one slip makes of this one, each with whether any that begins so counts."""
    word = folded(form)
    yield from ((begin, True) for begin in sorted(beginnings(word)))
    yield from ((f"{begin}{CUT}", False) for begin in sorted(shorter(word)))
    yield from ((key, False) for key in sorted(keys_of(form)))
    yield from ((key, begins) for key, begins in prefix_query(form) if key.endswith(CUT))


def _any(terms: Iterable[str]) -> str:
    return f"({'|'.join(terms)})"
