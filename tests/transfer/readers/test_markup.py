"""Parley's markup, written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.markup.markup import html_of
from app.chat.markup.shown import shown
from app.transfer.readers.markup import (
    BOLD,
    block,
    code,
    from_markdown,
    link,
    mark,
    outside_code,
    quote,
    without_brackets,
)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("hi", "**hi**"),
        (" hi ", " **hi** "),
        ("one\n\ntwo\n", "**one**\n\n**two**\n"),
        ("a\nb", "**a\nb**"),
        (" ", " "),
        ("", ""),
    ],
)
def test_marks_stand_where_parley_sees_them(text: str, marked: str) -> None:
    assert mark(text, BOLD) == marked


@given(st.text(alphabet="ab `\n", max_size=30).filter(lambda text: "a" in text))
def test_code_shows_what_was_in_it(text: str) -> None:
    written = code(text)

    assert shown(written).strip("\n ").replace(" ", "") == text.strip("\n ").replace(" ", "")


def test_a_block_has_a_longer_fence_than_what_is_in_it() -> None:
    assert block("a\n```\nb", "py") == "````py\na\n```\nb\n````"
    assert html_of(block("a\n```\nb", "py")) == "<pre><code>a\n```\nb\n</code></pre>"


def test_a_quote_goes_over_blank_lines() -> None:
    assert quote("a\n\nb") == "> a\n>\n> b"


def test_a_link_without_a_label_of_its_own_is_its_address() -> None:
    assert link("here", "https://e.org") == "[here](https://e.org)"
    assert link("https://e.org", "https://e.org") == link("", "https://e.org") == "https://e.org"
    assert link("a [b]", "https://e.org") == "a [b] (https://e.org)"
    assert link("here", "tg://user?id=1") == "here"


def test_what_is_code_is_not_converted_and_blocks_get_lines_of_their_own() -> None:
    converted = outside_code("see `a` A ```\nb\n``` B ``a`b`` `c", str.lower)

    assert converted == "see `a` a \n```\nb\n```\n b ``a`b`` `c"


def test_brackets_around_an_address_are_markup() -> None:
    assert without_brackets("<https://e.org/a> <b>") == "https://e.org/a <b>"


def test_quotes_of_markdown_get_their_space() -> None:
    assert from_markdown(">a\n>>b\n> c\nd >e\n>") == "> a\n> > b\n> c\nd >e\n>"
