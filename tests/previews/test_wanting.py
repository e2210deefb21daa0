"""Which link of a message gets a preview."""

import pytest

from app.previews.wanting import MAX_URL_CHARS, link_in


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&c=2"),
        ("**see** https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("[here](http://example.org) and https://example.com", "http://example.org"),
        ("`https://example.com` then https://example.org/", "https://example.org/"),
        ("mailto:me@example.org http://example.org/x", "http://example.org/x"),
        ("```\nhttps://example.com\n```", None),
        ("www.example.org", None),
        ("me@example.org", None),
        ("ftp://example.org/", None),
        ("http://", None),
        ("", None),
    ],
)
def test_it_is_the_first_one_that_is_shown_as_a_link_to_the_web(text: str, link: str | None) -> None:
    assert (link_in(text) or "").rstrip("/") == (link or "").rstrip("/")


def test_what_nobody_types_gets_none() -> None:
    assert link_in(f"https://example.org/{'a' * (MAX_URL_CHARS - 20)}")
    assert link_in(f"https://example.org/{'a' * MAX_URL_CHARS}") is None
