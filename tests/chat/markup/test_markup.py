"""Markup: what people mean becomes HTML, what they do not mean stays as typed, and nothing gets through."""

import json
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.text import normal_text
from app.chat.markup import markup
from app.chat.markup.links import addresses
from app.chat.markup.markup import html_of, meaning_of
from app.chat.wire.commands import MAX_TEXT_CHARS
from tests.chat.markup.reading import shown, tree, typed
from tests.support.xss import VECTORS

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'
TEXTS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "texts.json").read_text())
MEANT = {
    "**bold** *italic* _too_ ~~gone~~": "<p><strong>bold</strong> <em>italic</em> <em>too</em> <s>gone</s></p>",
    "`a *b* <c>`": "<p><code>a *b* &lt;c&gt;</code></p>",
    "one **two**\nthree\n\nfour\n": "<p>one <strong>two</strong>\nthree\n\nfour\n\n</p>",
    "```python\nif a < b:\n    c()\n```": "<pre><code>if a &lt; b:\n    c()\n</code></pre>",
    "> quoted\nanswer": "<blockquote><p>quoted</p></blockquote><p>answer</p>",
    "a:\n- b\n- c\nd": "<p>a:</p><ul><li>b</li><li>c</li></ul><p>d</p>",
    "3. c\n4. d": '<ol start="3"><li>c</li><li>d</li></ol>',
    "*see https://x.example*": f'<p><em>see <a href="https://x.example" dir="ltr" {LINK}>https://x.example</a></em></p>',
}
HOSTILE = {
    "stars": "*" * 4000,
    "open emphasis": "*a" * 2000,
    "emphasis": "*a* " * 1000,
    "mixed emphasis": "*_" * 2000,
    "strikes": "~~a" * 1300,
    "brackets": "[" * 4000,
    "links": "[a](" * 1000,
    "backticks": " ".join("`" * length for length in range(1, 88)),
    "quotes": ">" * 4000,
    "quotes and lists": "> - " * 1000,
    "a list that deepens": "".join(f"{'  ' * depth}- a\n" for depth in range(60)),
    "a long list": "- a\n" * 1000,
    "fences": "```\n" * 1000,
    "escapes": "\\*" * 2000,
    "addresses": "http://a *" * 400,
    "brackets behind an address": f"*a* https://x.example/{')' * 3900}",
    "blank lines": "\n" * 3990 + "*a*",
    "spaces": " " * 3990 + "*a*",
    "tabs before a quote": "\t" * 3990 + "> a",
    "lines between brackets": "[" * 100 + "*a*" + "a\n" * 1940,
    "quotes without spaces": "*a*\n" + "> a\n" * 140 + "b\n" * 1700,
    "beginnings of other lengths": "*a " * 100 + "**b** " * 40 + "x" * 3000,
    "addresses with signs": "*a https://e.org/_ " * 100 + "x" * 2000,
    "e-mail": "a@" * 2000,
    "e-mail of nobody": "@a" * 2000,
    "hosts": "a@a." * 1000,
    "a fence that never ends": "```a\n" * 140 + "*a* " * 20 + "b" * 3000,
    "punctuation inside of an address": "https://e.org/" + ":" * 3900 + "a *b*",
    "punctuation between letters of an address": "https://e.org/" + ":::a" * 950 + " *b*",
    "labels in one another": "[" * 100 + "a@a." * 380 + " a@b.cc" + "](https://e.org)b" * 130,
    "signs inside of an address": "https://e.org/" + "*" * 3900 + "a *b*",
    "calls in a script without spaces": " ".join(f"@{chr(0x4E00 + n)}{'山' * 63}" for n in range(61)),
    "calls with hyphens": " ".join(f"@{n:02}{'a-' * 31}" for n in range(61)),
    "calls of nobody": " ".join(f"@{n:02}я" for n in range(100)) + " @aя" * 700,
    "numbers": "1. *a*\n" * 149 + "\u00e9" * 2900,
    "items, then dashes": "- *a*\n" * 149 + "-\n" * 1500,
    "signs between slashes": "- *a*\n" * 80 + "&/*" * 110 + "\n-" * 1500,
    "quotes apart": "> *a*\na\n" * 149 + "&" * 3000,
    "quotes between blank lines": "> *a*\n\n" * 75 + "\n" * 3400,
    "ampersands": "*a*" + "&" * 3900,
    "faces": "(*≧▽≦…≦▽*) " * 150 + "x" * 2000,
    "addresses behind commas": "https://e.org/a,h" * 240,
    "calls with non-joiners": " ".join("@ب" + chr(0x627 + n) + "ی\u200c" * 30 for n in range(60)),
    "e-mail addresses": "a@b.cc " * 149 + "*a*" + "\u00e9" * 2900,
}


class Seen(HTMLParser):
    """Every element and attribute in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name, value or "") for name, value in attrs}


def assert_harmless(html: str) -> None:
    seen = Seen(html)
    assert seen.tags <= markup.TAGS
    for tag, name, value in seen.attributes:
        match tag, name:
            case "a", "href":
                assert value.lower().startswith(("http://", "https://", "mailto:"))
            case "a", "rel" | "target" | "dir":
                assert value in (markup.LINK_REL, "_blank", "ltr")
            case "ol", "start":
                assert value.isdecimal()
            case _:
                pytest.fail(f"{name} on {tag}")


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_becomes_html(text: str) -> None:
    assert html_of(text) == MEANT[text]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row["text"])
def test_what_is_shown_is_what_was_typed_without_the_signs_of_markup(row: dict[str, Any]) -> None:
    """`shown` has a block or an item a line, with bars for quotes, dots for items and the numbers of lists."""
    html = html_of(row["text"])

    assert (row["text"] if html is None else shown(html)) == row["shown"]
    assert html is None or typed(html).fullmatch(row["text"])


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row["text"])
def test_links_are_the_same_with_and_without_markup(row: dict[str, Any]) -> None:
    html = html_of(row["text"])
    if html is None:
        found = [[row["text"][link.start : link.end], link.href] for link in addresses(row["text"])]
    else:
        found = [[link.text, link.attributes["href"]] for link in tree(html).find("a")]

    assert found == row["links"]


@pytest.mark.parametrize("text", VECTORS)
def test_nothing_gets_through(text: str) -> None:
    assert_harmless(html_of(text) or "")


pieces = st.sampled_from(
    [
        *"*_~`[]()<>!\\\"'&#:;/- \n\tab1.",
        "http://",
        "javascript:",
        "](",
        "<img onerror=",
        "```",
        "> ",
        "- ",
        "1. ",
        "**",
        "重要",
        "!",
        "24. ",
        "  ",
        "*️⃣",
        "\\",
        "word",
        "https://e.org/a",
        "](https://e.org)",
    ]
)


# No message has NUL: a command with one is refused (tests/protocol/commands.json).
_letters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.lists(pieces | st.text(_letters, max_size=3), max_size=60).map("".join).map(normal_text)


@given(texts)
def test_whatever_is_typed_nothing_but_signs_of_markup_is_missing(text: str) -> None:
    html = html_of(text)

    assert html is None or typed(html).fullmatch(text)


@given(texts)
def test_whatever_is_typed_the_html_has_allowed_elements_and_attributes_only(text: str) -> None:
    assert_harmless(html_of(text) or "")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_holds_up_the_process(name: str) -> None:
    text = HOSTILE[name][:MAX_TEXT_CHARS]
    meaning_of("@山田")  # reads the tables that are read once
    markup._parse.cache_clear()
    begun = time.thread_time()

    meaning_of(text)

    assert time.thread_time() - begun < 0.05  # a few ms on a quiet machine


@pytest.mark.parametrize("piece", ["**a** ", "`a` [", "> *a*\n\n", "a@e.org *b "])
def test_what_takes_as_long_to_read_as_more_signs_than_prose_has_is_text(piece: str) -> None:
    most = 300 // (2 if piece == "**a** " else 3)
    first = piece.replace("*b", "*b*", 1)

    assert html_of(first + piece * (most - 2)) is not None
    assert html_of(first + piece * most) is None


def test_long_code_in_a_fence_is_shown_whatever_is_in_it() -> None:
    code = "a[*b_c] = `d`\n" * 250

    assert html_of(f"```\n{code}```") == f"<pre><code>{code}</code></pre>"


def test_nobody_is_called_by_code() -> None:
    assert meaning_of("plain @bobby").called == ("bobby",)
    assert meaning_of("`@bobby`\n```\n@bobby\n```\n    ``x @bobby``").called == ()
    assert meaning_of("`@bobby` **@alice**\n> x").called == ("alice",)


@given(texts)
def test_a_text_that_is_posted_has_the_html_of_history(text: str) -> None:
    assert meaning_of(f"{text}@").html == html_of(f"{text}@")
    assert meaning_of(text).html == html_of(text)
