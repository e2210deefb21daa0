"""What somebody may have meant whose question finds nothing: words that begin so, or one letter of a word is wrong.

It is only proposed where it finds something, in their own rooms.
"""

from collections.abc import Callable
from functools import partial

from app.base.errors import SearchTooSlow
from app.chat.markup.shown import shown
from app.search.asking.answer import Answer
from app.search.asking.marks import Text
from app.search.asking.question import MIN_BEGINNING_CHARS, Clause, Question, Word
from app.search.asking.slips import LONGEST, SHORTEST

BUDGET_S = 0.1  # for each of the two


async def meant(answer: Answer, question: Question, typed: str) -> str | None:
    """Another question, as one would type it, that finds something; None where there is none in short time."""
    for others, replaced in ((_as_beginnings(question), _with_star), (_with_slips(question), _as_written)):
        if others == question:
            continue
        try:
            page = await answer.page(others, None, 1, BUDGET_S)
        except SearchTooSlow:
            return None
        if page.hits:
            return _typed(typed, question, others, partial(replaced, page.hits[0].message.text))
    return None


def _as_beginnings(question: Question) -> Question:
    return _changed(question, lambda words: (*words[:-1], _as_beginning(words[-1])))


def _with_slips(question: Question) -> Question:
    return _changed(question, lambda words: tuple(map(_with_slip, words)))


def _as_beginning(word: Word) -> Word:
    may = word.how == "word" and len(word.form) >= MIN_BEGINNING_CHARS
    return word._replace(how="beginning") if may else word


def _with_slip(word: Word) -> Word:
    is_letters = word.form.lstrip("@#").isalpha()
    may = word.how in ("word", "beginning") and SHORTEST <= len(word.form) <= LONGEST and is_letters
    return word._replace(how="slip") if may else word


def _changed(question: Question, change: Callable[[tuple[Word, ...]], tuple[Word, ...]]) -> Question:
    """The question with words that are wanted asked for in another way."""
    clauses = (each if each.is_unwanted else each._replace(words=change(each.words)) for each in question.clauses)
    return question._replace(clauses=tuple(clauses))


def _typed(typed: str, question: Question, others: Question, replaced: Callable[[str, Clause], str]) -> str:
    """The typed text with other words where they are asked for in another way."""
    changes = [new for old, new in zip(question.clauses, others.clauses, strict=True) if old != new]
    for clause in reversed(changes):
        typed = f"{typed[: clause.begin]}{replaced(typed[clause.begin : clause.end], clause)}{typed[clause.end :]}"
    return typed


def _with_star(_: str, typed: str, clause: Clause) -> str:
    return f"{typed}*"


def _as_written(body: str, typed: str, clause: Clause) -> str:
    """The words of a message that were meant; as they were typed where they are other forms of the same."""
    as_typed = clause._replace(words=tuple(_as_typed(word) for word in clause.words))
    for text in (shown(body), body):
        read = Text(text)
        if not read.has(as_typed) and (place := read.first(clause)):
            return text[place.begin : place.end].lower()
    return typed


def _as_typed(word: Word) -> Word:
    return word._replace(how="word") if word.how == "slip" else word
