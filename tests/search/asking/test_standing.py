"""The quick look at a text for a phrase: it never hides what a closer look would find."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.search.asking import marks
from app.search.asking.judge import Judge
from app.search.asking.marks import Text
from app.search.asking.question import Word, parse
from app.search.asking.standing import may_stand
from app.search.words.folding import LONGEST_CHARS
from app.search.words.tokens import Token, tokens

PIECES = ["it", "is", "In", "x", "inIt", "HTTPServer", "v1.2", "it2", "l'", "'s", "`", '"', "##", "@is", "C++", "ł"]
PIECES += ["James's", "字", " ", "  ", "_", "-", "/", ". ", "\n", "+49 170 1234567", "n" * (LONGEST_CHARS + 2)]
OTHERS = [*"иЇßﬁİΣς²字각กـأ२ﻻﷺ…—«”ªꜳʼʻ", *"\u0301\u0306\u0308\u1100\u1161\u200d\u00ad\u0e3b\ue000"]
OTHERS += [
    "м’яч",
    'м"яч',
    "Straße",
    "ｉｔ",
    "上海",
    "か\u3099",
    "ｶﾞ",
    "น้ำ",
    "שָׁלוֹם",
    'צה"ל',
    "ا\u0654",
    "٢٢",
    "नमस्ते",
    "l’",
    "’s",
]
OTHERS += ["👍🏽", "🇺🇦"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.lists(st.sampled_from([*PIECES, *OTHERS]), max_size=9).map("".join),
    st.text(max_size=12),
)


def asked_of(token: Token) -> Iterator[Word]:
    """What may be asked for of a word of a text: the word; of a run without spaces each part of it."""
    if token.kind != "run":
        yield Word(token.form, "exact")
        return
    ends = range(len(token.form) + 1)
    yield from (Word(token.form[begin:end], "run") for begin, end in combinations(ends, 2))


def phrase(*words: str) -> tuple[Word, ...]:
    return tuple(Word(word, "exact") for word in words)


@given(TEXTS)
@example("it l'in")
@example("is v1")
@example("'s…l'ʼß")
@example("थ큢뼄゜")
@example("James'sʻa-is")
def test_a_phrase_that_a_closer_look_finds_passes_the_quick_one(text: str) -> None:
    asked = sorted({word for token in tokens(text) for word in asked_of(token)})[:40]
    read = Text(text)

    for words in [(one, other) for one in asked for other in asked] + [(one,) for one in asked]:
        if read._runs(words):
            assert may_stand(text, words), words


@pytest.mark.parametrize(
    ("text", "is_possible"),
    [
        ("so It is_in", True),
        ("it is not in", False),
        ("in it is", False),
        ("**it** is in", True),
        ("i't is in", True),
        ("it's not in", False),
        ("łit is not in", False),
        ("Łit\u00adIs in", True),
        ("it\u0323 is not in", True),  # nobody knows
    ],
)
def test_a_plain_text_without_the_words_side_by_side_is_seen_at_once(text: str, is_possible: bool) -> None:
    assert may_stand(text, phrase("it", "is", "in")) is is_possible


@pytest.mark.parametrize(
    ("text", "typed", "is_possible"),
    [
        ("Усе Готове!", '"все готово"', False),
        ("Всё Готово!", '"все готово"', True),
        ("грають у м’яч добре", "«у м'яч»", True),
        ("м’яч у грі", "«у м'яч»", False),
        ("das STRASSE heißt", '"straße heisst"', True),
        ("ΤΟ ΜΗΝΥΜΑΣ", '"το μήνυμας"', True),
        ("יום שבת", '"שבת שלום"', False),
        ("في عام ٢٠٢٦", '"عام 2026"', True),
        ("東京の都", "「東京都」", False),
        ("서울의 역", '"서울역"', False),
    ],
)
def test_so_it_is_in_any_script(text: str, typed: str, is_possible: bool) -> None:
    (clause,) = parse(typed).clauses

    assert may_stand(text, clause.words) is is_possible


@pytest.mark.parametrize("piece", ["a'", "a'a", "a' a ", "a-"])
def test_a_long_phrase_is_looked_for_in_a_text_made_against_it(piece: str) -> None:
    """It ends: in one pattern, ten words took seconds, and with each word more four times as long."""
    assert not may_stand(piece * 1_000, phrase(*["a"] * 30, "b"))


def test_what_is_not_a_phrase_of_plain_words_always_deserves_a_closer_look() -> None:
    for word in (
        Word("it", "word"),
        Word("it", "beginning"),
        Word("c++", "exact"),
        Word("1234567", "exact"),
        Word("नमस्ते", "exact"),
        Word("👍", "exact"),
    ):
        assert may_stand("other", (word,))


@pytest.mark.parametrize(
    ("typed", "other", "text"),
    [('"it is in"', "it is not in", "it is in"), ("«це не так»", "не це так", "і це не так")],
)
def test_the_words_of_a_text_that_cannot_have_the_phrase_are_not_taken(
    monkeypatch: pytest.MonkeyPatch, typed: str, other: str, text: str
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(marks, "tokens", lambda text: taken.append(text) or iter(()))
    judge = Judge(parse(typed))

    assert not judge.accepts(other)
    assert taken == []
    judge.accepts(text)
    assert taken == [text]
