"""A text as one reads it: what is found in messages, and shown of them, has no signs of markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.markup.markup import html_of
from app.chat.markup.shown import shown


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("plain text, 1 < 2 & more", "plain text, 1 < 2 & more"),
        ("**un**like", "unlike"),
        ("a *b* ~~c~~ `d <e>`", "a b c d <e>"),
        ("*1 < 2* & “c”", "1 < 2 & “c”"),
        ("*x* &amp; y", "x &amp; y"),
        ("[label](https://e.org/a>b'\"c) end", "label end"),
        ("*see* https://e.org/?a=1&b=2", "see https://e.org/?a=1&b=2"),
        ("```py\nprint(1 < 2)\n```\nend", "print(1 < 2)\nend"),
        ("> said\n\nanswer", "said\nanswer"),
        ("- one\n- two\n  - three", "one\ntwo\nthree"),
    ],
)
def test_a_text_is_read_without_its_signs(typed: str, read: str) -> None:
    assert [line for line in shown(typed).split("\n") if line] == read.split("\n")


@given(st.text(st.sampled_from("ab *_~`<>&\"'[]()\n-0.;:/h")))
def test_what_has_no_markup_is_read_as_typed_and_what_has_loses_signs_only(text: str) -> None:
    read = shown(text)

    if html_of(text) is None:
        assert read == text
    else:
        assert {char for char in read if char.isalnum()} <= {*text}
