"""Styled text in Parley's markup: whatever was typed is seen."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.chat.markup.markup import html_of
from app.chat.markup.mentions import called
from app.chat.markup.shown import shown
from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, code, everybody, link, no_call, person, typed
from app.transfer.readers.styled import Block, Item, styled

B, IT, S = BOLD, ITALIC, STRIKE


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        ([Span("plain")], "plain"),
        ([Span("bold", B)], "**bold**"),
        ([Span("a "), Span("it", IT), Span(" and "), Span("gone", S)], "a _it_ and ~~gone~~"),
        ([Span("all", B | IT | S)], "~~**_all_**~~"),
        ([Span(" bold ", B), Span("on")], " **bold** on"),
        ([Span("a ", B), Span("b", B | IT), Span(" c", B)], "**a _b_ c**"),
        ([Span("one\n\ntwo", B)], "**one**\n\n**two**"),
        ([Span("a_b", IT)], "*a_b*"),
        ([Span("un"), Span("believ", B), Span("able")], "un\u200d**believ**\u2060able"),
        ([*code("a`b")], "``a`b``"),
        ([*code("`")], "`` ` ``"),
        ([Span("un"), *code("x"), Span("s")], "un\u2060`x`s"),
        ([*code("a\nb")], "`a`\n`b`"),
        ([link("site", "https://example.org/")], "[site](https://example.org/)"),
        ([link("", "https://example.org/")], "https://example.org/"),
        ([link("example.org", "http://example.org")], "[example.org](http://example.org)"),
        ([link("www.example.org", "http://www.example.org/")], "www.example.org"),
        ([link("a@b.org", "mailto:a@b.org")], "a@b.org"),
        ([link("bank.com/x", "https://evil.org"), Span("!")], "[bank.com/x](https://evil.org)!"),
        ([link("https://bank.com", "https://evil.org")], "https://bank.com (https://evil.org)"),
        ([link("open", "slack://x")], "open (slack://x)"),
        ([link("*x*", "https://example.org")], "\u2060*x* (https://example.org)"),
        ([person("U1"), Span("s")], "\ue000U1\ue001\u2060s"),
        ([person("U1"), Span(", "), person("U2"), Span(".")], "\ue000U1\ue001, \ue000U2\ue001."),
        ([Span("mail"), everybody()], "mail\u2060@all"),
        ([no_call("alice")], "@\u2060alice"),
    ],
)
def test_spans_become_markup(spans: list[Span], text: str) -> None:
    assert styled([Block(spans)]) == text


@pytest.mark.parametrize(
    "text",
    [
        *("*typed*", "**typed**", "_typed_", "~~typed~~", "***x***", "[a](https://example.org)", "> quoted", "a `b` c"),
        *("``` x ```", "```\nx\n```", "\\*x*", "2 * 3 * 4", "snake_case_name", "f(*args, **kwargs)", "日本*語*です"),
    ],
)
def test_signs_that_were_typed_are_seen(text: str) -> None:
    assert (shown(styled([Block([Span(text)])]))).replace("\u2060", "") in (text, text.replace("\n", ""))


def test_signs_that_mean_nothing_stay_alone() -> None:
    for text in ("2 * 3 * 4", "snake_case_name", "f(*args, **kwargs)", "a - b", "- a list\n- of two", "~ 5", "a > b"):
        assert styled([Block([Span(text)])]) == text


def test_a_group_calls_nobody_and_everybody_is_called() -> None:
    assert called(styled([Block([no_call("alice"), Span(" "), everybody()])])) == ("all",)


def test_blocks_stand_below_each_other() -> None:
    blocks = [
        Block([Span("see:\n")]),
        Block([Span("one\n\ntwo")], "quote"),
        Block([Span("if *a*:\n    ```\n")], "code"),
        Block(
            items=[
                Item(0, 3, [Span("c")]),
                Item(1, None, [Span("d", B)]),
                Item(2, 1, [Span("e")]),
                Item(0, 4, [Span("")]),
            ]
        ),
    ]

    text = styled(blocks)

    assert text == "see:\n> one\n>\n> two\n````\nif *a*:\n    ```\n````\n3. c\n  - **d**\n    1. e"
    assert "<pre><code>if *a*:\n    ```\n</code></pre>" in (html_of(text) or "")


def test_a_list_that_begins_deep_is_one() -> None:
    text = styled([Block(items=[Item(3, None, [Span("a")]), Item(0, None, [Span("b")])])])

    assert (html_of(text) or "").count("<li>") == 2


def test_what_is_typed_has_none_of_the_signs_for_the_writer() -> None:
    assert typed("a\ue000U1\ue001\ue002\ue003\x00é") == "aU1é"


signs = st.sampled_from([*"ab *_~`>[]()\\-1.\n", "é", "日", "🎉", "@", "https://x.org "])
words = st.lists(signs, max_size=12).map("".join)
styles = st.sampled_from([0, 0, B, IT, S, B | IT, B | IT | S])
spans = st.lists(st.tuples(words, styles).map(lambda each: Span(*each)), max_size=6)


@settings(max_examples=1000)
@given(spans)
@example([Span("*", 0), Span("*", B)])
@example([Span("`a", 0), Span("`", B)])
@example([Span("``a`a`")])
@example([Span("`\\``")])
@example([Span("* * a")])
@example([Span("a\nhttps://x.org ", IT)])
@example([Span("a", B | IT | S), Span("a", B)])
def test_every_typed_character_is_seen_and_none_is_added(spans: list[Span]) -> None:
    text = styled([Block(spans)])

    whole = "".join(span.text for span in spans)
    seen = shown(text)
    assert dense(seen) in (dense(whole), letters(whole))


def letters(text: str) -> str:
    """As `dense`, and without the signs of lists, which are seen as such."""
    return dense(re.sub(r"^[ \u2060]*(?:[-*]|[0-9]{1,3}\.) +(?=\S)", "", text, flags=re.MULTILINE))


def dense(text: str) -> str:
    """Without space and what nobody sees."""
    return re.sub("[\\s\u2060\u200d]", "", text)
