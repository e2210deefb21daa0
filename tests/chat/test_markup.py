"""Markup: what people mean becomes HTML, what they do not mean stays as typed, and nothing gets through."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat import markup
from app.chat.commands import MAX_TEXT_CHARS
from app.chat.markup import html_of, prose
from tests.xss import VECTORS

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'
MEANT = {
    "**bold** *italic* _too_ ~~gone~~": "<p><strong>bold</strong> <em>italic</em> <em>too</em> <s>gone</s></p>",
    "`a *b* <c>`": "<p><code>a *b* &lt;c&gt;</code></p>",
    "one **two**\nthree\n\nfour": "<p>one <strong>two</strong><br>\nthree</p>\n<p>four</p>",
    "```python\nif a < b:\n    c()\n```": "<pre><code>if a &lt; b:\n    c()\n</code></pre>",
    "```not closed": "",
    "> quoted\nanswer": "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>answer</p>",
    "a:\n- b\n- c\nd": "<p>a:</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n<p>d</p>",
    "7) c": '<ol start="7">\n<li>c</li>\n</ol>',
    "3. c\n4. d": '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>',
    "[a](https://x.example/b_c)": f'<p><a href="https://x.example/b_c" {LINK}>a</a></p>',
    "[a](mailto:a@x.example)": f'<p><a href="mailto:a@x.example" {LINK}>a</a></p>',
    "*see https://x.example/a_(b_c).*": f'<p><em>see <a href="https://x.example/a_(b_c)" dir="ltr" {LINK}>'
    "https://x.example/a_(b_c)</a>.</em></p>",
}
PLAIN = [
    "hello",
    "see https://x.example/*a*",
    "¯\\_(ツ)_/¯",
    "snake_case_name and 2 * 3 * 4",
    "+ 1",
    "2026. What a year.",
    "-5 degrees, or ~10",
    "# no heading",
    "a | b\n--|--\nc | d",
    "***",
    "[not a link] (and this)",
    "    indented\n\tas typed",
    "<b>bold</b> &amp; co",
]
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
    assert (html_of(text) or "").startswith(MEANT[text])


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_not_meant_stays_as_typed(text: str) -> None:
    assert html_of(text) is None


@pytest.mark.parametrize("text", VECTORS)
def test_nothing_gets_through(text: str) -> None:
    assert_harmless(html_of(text) or "")


_pieces = st.sampled_from(
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
    ]
)


@given(st.lists(_pieces | st.text(max_size=3), max_size=60).map("".join))
def test_whatever_is_typed_the_html_has_allowed_elements_and_attributes_only(text: str) -> None:
    assert_harmless(html_of(text) or "")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_holds_up_the_process(name: str) -> None:
    text = HOSTILE[name][:MAX_TEXT_CHARS]
    markup._html_of.cache_clear()
    begun = time.thread_time()

    html_of(text)

    assert time.thread_time() - begun < 0.05  # a few ms on a quiet machine


def test_long_code_in_a_fence_is_shown_whatever_is_in_it() -> None:
    code = "a[*b_c] = `d`\n" * 250

    assert html_of(f"```\n{code}```") == f"<pre><code>{code}</code></pre>"


def test_a_failure_in_the_library_shows_the_text_as_typed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    markup._html_of.cache_clear()
    monkeypatch.setattr(markup._markdown, "parse", lambda _: 1 / 0)

    assert html_of("**bold**") is None
    assert prose("`a` b") == "`a` b"
    assert "markup not understood chars=8" in caplog.text
    markup._html_of.cache_clear()


def test_prose_is_what_is_not_code() -> None:
    assert prose("plain @bob") == "plain @bob"
    assert "@bob" not in prose("`@bob`\n```\n@bob\n```\n    ``x @bob``")
    assert "@al" in prose("`@bob` **@al**\n> x")
