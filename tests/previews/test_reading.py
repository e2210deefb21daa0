"""What pages say of themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from app.base.text import INVISIBLE
from app.previews.fetching import Fetched
from app.previews.reading import MAX_TITLE_CHARS, Said, said_by

AT = URL("https://example.org/posts/1")


def said(html: str | bytes, charset: str = "") -> Said:
    return said_by(Fetched(AT, "text/html", charset, html if isinstance(html, bytes) else html.encode(), True))


def test_open_graph_counts_before_what_html_has() -> None:
    page = said(
        "<title>Title</title><meta name=description content=Words>"
        "<meta property=og:title content='A &amp; B'><meta property='og:description' content=' more\n words '>"
        "<meta property=og:site_name content=Site><meta property=og:image content='/a.png'>"
    )

    assert page == Said("A & B", "more words", "Site", URL("https://example.org/a.png"))


def test_what_is_not_said_comes_from_html_and_the_address() -> None:
    assert said("<title> Title \n of two lines </title>") == Said("Title of two lines", "", "example.org", None)
    assert said("<meta property=og:title content='  '><title>Title</title>").title == "Title"
    assert said("") == Said("", "", "example.org", None)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:image/png;base64,AAAA", "http://[", "", "file:///x"])
def test_a_picture_is_an_address_of_the_web_or_none(address: str) -> None:
    assert said(f"<meta property=og:image content='{address}'>").picture is None


@pytest.mark.parametrize(
    ("page", "header"),
    [
        ("<title>Привіт</title>".encode(), ""),
        ("<title>Привіт</title>".encode("cp1251"), "windows-1251"),
        ("<meta charset='windows-1251'><title>Привіт</title>".encode("cp1251"), ""),
        ("<meta charset='latin1'><title>Привіт</title>".encode(), "utf-8"),
        ("<title>Привіт</title>".encode(), "no-such-charset"),
    ],
)
def test_a_page_is_read_in_its_charset(page: bytes, header: str) -> None:
    assert said(page, header).title == "Привіт"


def test_what_turns_directions_or_cannot_be_seen_is_left_out_and_the_rest_is_cut() -> None:
    assert said("<title>a\u202eb\u200bc\x07d</title>").title == "abcd"
    assert said("<title>\u200b</title>").title == ""
    assert said(f"<title>{'long ' * 200}</title>").title == ("long " * 200)[: MAX_TITLE_CHARS - 1].rstrip() + "…"


@given(st.binary(max_size=300), st.sampled_from(["", "utf-16", "utf-8", "base64", "idna", "shift_jis"]))
def test_whatever_a_page_has_it_is_read(body: bytes, charset: str) -> None:
    page = said(b"<title>" + body, charset)

    assert len(page.title) <= MAX_TITLE_CHARS
    assert INVISIBLE.search(page.title) is None
