"""What is quoted above a reply: the first line that says something, whoever writes it, the server or the page."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.text import is_visible, normal_text
from app.chat.markup.markup import html_of
from app.chat.messages.parts.quote import QUOTE_CHARS, first_words
from tests.chat.conftest import Join

CASES: list[dict[str, str]] = json.loads((Path(__file__).parents[2] / "protocol/quotes.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"]))
def test_the_first_line_that_says_something_is_quoted(case: dict[str, str]) -> None:
    assert first_words(case["text"]) == case["quote"]
    assert html_of(case["text"]) == case.get("html")


@given(
    st.text(st.one_of(st.sampled_from("ab`>-* \n\u200b\u3000"), st.characters(exclude_categories=("Cs",))), max_size=99)
)
def test_a_quote_is_a_part_of_a_line_and_shows_where_the_message_does(typed: str) -> None:
    text = normal_text(typed)

    quote = first_words(text)

    assert any(quote in line for line in text.split("\n"))
    assert is_visible(quote) == is_visible(text)


@pytest.mark.parametrize("begin", ["```", "> ```py", "````Hello"])
def test_a_block_of_code_may_be_longer_than_what_is_looked_at(begin: str) -> None:
    before = ">" if begin.startswith(">") else ""

    lines = f"{before} x = {'1' * 9}\n" * 100
    assert first_words(f"{begin}\n{lines}{before}````") == ("Hello" if "Hello" in begin else "x = 111111111")


@pytest.mark.parametrize(
    "text", ["\u200b" * 999 + "a", "`" * 4_000, "> " * 2_000, "\n" * 3_999 + "a", "```" + " " * 3_000]
)
def test_a_long_way_to_the_first_word_ends(text: str) -> None:
    assert len(first_words(text)) <= QUOTE_CHARS


async def test_a_reply_to_a_block_of_code_quotes_the_code(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("```python\nprint(1)\n```\nWhat is that?")
    await bob.socket.until("message")

    await bob.socket.posted("a program", reply_to=1)

    for person in (alice, bob):
        assert (await person.socket.until("message", seq=2))["quote"]["text"] == "print(1)"
    assert (await alice.history())["messages"][1]["quote"]["text"] == "print(1)"
