"""The quick look at a text for a phrase: it never hides what a closer look would find."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.search.asking import marks
from app.search.asking.judge import Judge
from app.search.asking.marks import Text
from app.search.asking.question import Word, parse
from app.search.asking.standing import may_stand
from app.search.words.folding import LONGEST_CHARS
from app.search.words.tokens import tokens

PIECES = ["it", "is", "In", "x", "inIt", "HTTPServer", "v1.2", "it2", "l'", "'s", "`", '"', "##", "@is", "C++", "ł"]
PIECES += ["James's", "字", " ", "  ", "_", "-", "/", ". ", "\n", "+49 170 1234567", "n" * (LONGEST_CHARS + 2)]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


def phrase(*words: str) -> tuple[Word, ...]:
    return tuple(Word(word, "exact") for word in words)


@settings(deadline=None)  # its first look takes long on a busy machine
@given(TEXTS)
@example("it l'in")
@example("is v1")
def test_a_phrase_that_a_closer_look_finds_passes_the_quick_one(text: str) -> None:
    forms = {token.form for token in tokens(text) if token.kind != "run"}
    read = Text(text)

    for words in (phrase(one, other) for one in forms for other in forms):
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
        ("łit is not in", True),
    ],
)
def test_a_plain_text_without_the_words_side_by_side_is_seen_at_once(text: str, is_possible: bool) -> None:
    assert may_stand(text, phrase("it", "is", "in")) is is_possible


@pytest.mark.parametrize("piece", ["a'", "a'a", "a' a ", "a-"])
def test_a_long_phrase_is_looked_for_in_a_text_made_against_it(piece: str) -> None:
    """It ends: in one pattern, ten words took seconds, and with each word more four times as long."""
    assert not may_stand(piece * 1_000, phrase(*["a"] * 30, "b"))


def test_what_is_not_a_phrase_of_plain_words_always_deserves_a_closer_look() -> None:
    for word in (
        Word("it", "word"),
        Word("it", "beginning"),
        Word("2", "exact"),
        Word("é", "exact"),
        Word("字", "run"),
    ):
        assert may_stand("nothing", (word,))


def test_the_words_of_a_text_that_cannot_have_the_phrase_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(marks, "tokens", lambda text: taken.append(text) or iter(()))
    judge = Judge(parse('"it is in"'))

    assert not judge.accepts("it is not in")
    assert taken == []
    judge.accepts("it is in")
    assert taken == ["it is in"]
