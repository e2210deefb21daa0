"""What somebody may have meant whose question finds nothing: words that begin so, or one letter of a word is wrong.

It is only proposed where it finds something, in their own rooms.
"""

from collections.abc import Callable
from functools import partial

from app.base.errors import SearchTooSlow
from app.chat.markup.shown import shown
from app.search.asking.answer import Answer
from app.search.asking.marks import Text
from app.search.asking.question import MIN_BEGINNING_CHARS, Clause, How, Question, Word
from app.search.asking.slips import SHORTEST

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
    return _changed(question, "beginning", lambda word: word.how == "word" and len(word.form) >= MIN_BEGINNING_CHARS)


def _with_slips(question: Question) -> Question:
    return _changed(
        question,
        "slip",
        lambda word: word.how in ("word", "beginning") and len(word.form) >= SHORTEST and word.form.isalpha(),
    )


def _changed(question: Question, how: How, may: Callable[[Word], bool]) -> Question:
    """The question with words that stand alone and are wanted asked for in another way."""
    clauses = tuple(
        clause._replace(words=(clause.words[0]._replace(how=how),))
        if len(clause.words) == 1 and not clause.is_unwanted and may(clause.words[0])
        else clause
        for clause in question.clauses
    )
    return question._replace(clauses=clauses)


def _typed(typed: str, question: Question, others: Question, replaced: Callable[[str, Clause], str]) -> str:
    """The typed text with other words where they are asked for in another way."""
    changes = [new for old, new in zip(question.clauses, others.clauses, strict=True) if old != new]
    for clause in reversed(changes):
        typed = f"{typed[: clause.begin]}{replaced(typed[clause.begin : clause.end], clause)}{typed[clause.end :]}"
    return typed


def _with_star(_: str, typed: str, clause: Clause) -> str:
    return f"{typed}*"


def _as_written(body: str, typed: str, clause: Clause) -> str:
    """The word of a message that was meant; as it was typed where it is another form of the same word."""
    as_typed = clause._replace(words=(clause.words[0]._replace(how="word"),))
    for text in (shown(body), body):
        read = Text(text)
        if not read.has(as_typed) and (found := read.marks([clause])):
            return text[found[0].begin : found[0].end].lower()
    return typed
