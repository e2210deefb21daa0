"""What finds what, in the table of cases: by the index, in PostgreSQL too, and by the judge behind it.

`…` at the end of what is typed: it is still being typed.
"""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, text

from app.search.asking.filters import Wanted
from app.search.asking.marks import Text
from app.search.asking.question import Question, parse
from app.search.asking.tsquery import tsquery_of
from app.search.words.lexemes import lexemes


class Case(msgspec.Struct, frozen=True):
    """What is typed, the texts that it finds, and texts that it does not."""

    typed: str
    hits: list[str]
    misses: list[str]


CASES = msgspec.json.decode(Path(__file__).with_name("cases.json").read_bytes(), type=dict[str, list[Case]])
ALL = [
    pytest.param(case.typed, body, is_hit, id=f"{language}: {case.typed} | {body}")
    for language, cases in CASES.items()
    for case in cases
    for body, is_hit in [*((each, True) for each in case.hits), *((each, False) for each in case.misses)]
]
PROPOSED = text("SELECT CAST(:terms AS tsvector) @@ CAST(:query AS tsquery)")


def asked(typed: str) -> Question:
    return parse(typed.removesuffix("…"), is_typing=typed.endswith("…"))


def accepts(question: Question, body: str) -> bool:
    return all(Text(body).has(clause) for clause in question.wanted)


def test_there_are_many_cases_of_each_language_with_both_hits_and_misses() -> None:
    assert sum(map(len, CASES.values())) >= 200
    assert sum(len(cases) >= 10 for cases in CASES.values()) >= 12
    assert all(case.hits and case.misses for cases in CASES.values() for case in cases)


@pytest.mark.parametrize(("typed", "body", "is_hit"), ALL)
def test_a_question_finds_the_texts_it_should_and_no_other(typed: str, body: str, is_hit: bool) -> None:
    assert accepts(asked(typed), body) is is_hit


def test_the_index_in_postgresql_proposes_each_text_that_a_question_finds(database: Engine) -> None:
    with database.connect() as conn:
        missing = []
        for typed, body, is_hit in (param.values for param in ALL):
            query = tsquery_of(asked(str(typed)).wanted, Wanted())
            found = {"terms": " ".join(f" {each}" for each in lexemes(str(body))), "query": query.replace("' ", "'")}
            if is_hit and not conn.execute(PROPOSED, found).scalar_one():
                missing.append((typed, body, query))

    assert missing == []
