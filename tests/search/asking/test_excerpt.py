"""What is shown of a hit: a few words around what was asked for, as they are read, no sign cut."""

from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.chat.markup.shown import shown
from app.search.asking.excerpt import EXCERPT_CHARS, Excerpt, excerpt, on_one_line
from app.search.asking.judge import Judge
from app.search.asking.marks import Stretch
from app.search.asking.question import parse

FAMILY = "👩‍👩‍👧"


def excerpt_of(text: str, q: str) -> Excerpt:
    return Judge(parse(q)).excerpt(text)


def read(pieces: Excerpt) -> str:
    return "".join(text for text, _ in pieces)


def marked(pieces: Excerpt) -> list[str]:
    return [text for text, is_hit in pieces if is_hit]


@pytest.mark.parametrize(
    ("text", "q", "pieces"),
    [
        ("a word here", "word", [("a ", False), ("word", True), (" here", False)]),
        ("word", "word", [("word", True)]),
        ("word word", "word", [("word", True), (" ", False), ("word", True)]),
        ("two\n\nlines  here", "lines", [("two ", False), ("lines", True), (" here", False)]),
        ("**bold** and `code`", "code", [("bold and ", False), ("code", True)]),
        ("**un**like", "unlike", [("unlike", True)]),
        ("[the label](https://hidden.example/word)", "word", [("the label", False)]),
        ("We connected it", "connect", [("We ", False), ("connected", True), (" it", False)]),
        ("foo-bar", '"foo bar"', [("foo", True), ("-", False), ("bar", True)]),
        ("foo foo bar", '"foo bar"', [("foo ", False), ("foo", True), (" ", False), ("bar", True)]),
        ("我家在上海东边", "上海", [("我家在", False), ("上海", True), ("东边", False)]),
        ("ดื่มน้ำครับ", "น้ำ", [("ดื่ม", False), ("น้ำ", True), ("ครับ", False)]),
        ("今日はﾒｯｾｰｼﾞです", "メッセージ", [("今日は", False), ("ﾒｯｾｰｼﾞ", True), ("です", False)]),
        ("see #412", "412", [("see #", False), ("412", True)]),
        ("nothing", "from:alice", [("nothing", False)]),
        ("café au lait", "cafe", [("café", True), (" au lait", False)]),
        ("cafe\u0301s", "cafes", [("cafe\u0301s", True)]),
        (f"x {FAMILY} y", FAMILY, [("x ", False), (FAMILY, True), (" y", False)]),
    ],
)
def test_what_was_asked_for_is_marked(text: str, q: str, pieces: Excerpt) -> None:
    assert excerpt_of(text, q) == pieces


def test_a_long_text_is_cut_around_the_first_hit_between_words() -> None:
    words = [f"word{number}" for number in range(600)]

    pieces = excerpt_of(" ".join(words), "word300")

    shown_words = read(pieces).strip("…").split(" ")
    assert marked(pieces) == ["word300"]
    assert read(pieces)[0] == read(pieces)[-1] == "…"
    assert {*shown_words} <= {*words}
    assert EXCERPT_CHARS - 40 <= len(read(pieces)) <= EXCERPT_CHARS + 2
    assert 3 <= shown_words.index("word300") < len(shown_words) / 2


def test_a_long_text_is_cut_where_most_of_what_was_asked_for_stands() -> None:
    far = "so it is " * 200

    pieces = excerpt_of(f"the cat {far} the mat {far} the cat on the mat {far}", "the cat mat")

    assert marked(pieces) == ["the", "cat", "the", "mat"]
    assert marked(excerpt_of(f"the cat {far} the mat", "the cat mat")) == ["the", "cat"]


def test_at_an_end_of_the_text_nothing_is_cut_there() -> None:
    text = "first " + "x " * 500 + "last"

    assert read(excerpt_of(text, "first")).startswith("first x")
    assert read(excerpt_of(text, "last")).endswith("x last")
    assert read(excerpt_of(text, "last"))[0] == "…"
    assert len(read(excerpt_of(text, "last"))) > EXCERPT_CHARS - 40


def test_a_word_without_end_is_cut_but_no_sign_is() -> None:
    pieces = excerpt_of(FAMILY * 700, "from:x")

    assert {*regex.findall(r"\X", read(pieces))} == {FAMILY, "…"}
    tall = "e" + "\u0301" * 900
    assert tall in read(excerpt_of(f"{'x ' * 300}{tall} {'y ' * 300}", tall))


@given(
    st.text(st.sampled_from("ab \n\u0301\u200d👩👧🇺🇦上*`_")), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)))
)
def test_no_excerpt_cuts_a_sign_or_changes_what_is_read(text: str, marks: list[tuple[int, int]]) -> None:
    line = on_one_line(shown(text * 20))
    inside = sorted(Stretch(begin, min(begin + length, len(line))) for begin, length in marks if begin < len(line))

    pieces = excerpt(line, [inside])

    whole = "".join(text for text, _ in pieces).removeprefix("…").removesuffix("…")
    signs = regex.findall(r"\X", line)
    edges = {sum(map(len, signs[:n])) for n in range(len(signs) + 1)}
    assert whole in line
    assert any(line.startswith(whole, begin) and begin + len(whole) in edges for begin in edges)
    assert all(piece for piece, _ in pieces)
    assert all(one[1] != other[1] for one, other in pairwise(pieces))
