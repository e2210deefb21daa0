"""A text as one reads it: without signs of markup, and without the addresses that stand behind a label. Pure."""

import re
from functools import lru_cache
from html import unescape

from app.chat.markup.markup import REMEMBERED, html_of

# The sanitiser writes values of attributes in quotation marks, whatever is in them.
_TAG = re.compile(r'<(/?)(\w+)(?:[^">]|"[^"]*")*>')
_BLOCKS = {"p", "pre", "blockquote", "ul", "ol", "li"}


@lru_cache(REMEMBERED)
def shown(text: str) -> str:
    """The text as it is shown; a block of it begins on a line of its own."""
    html = html_of(text)
    return text if html is None else unescape(_TAG.sub(_line_end, html)).strip("\n")


def _line_end(tag: re.Match[str]) -> str:
    return "\n" if tag[2] in _BLOCKS else ""
