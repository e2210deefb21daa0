"""The few words of a message that stand above a reply to it. Pure; static/js/lib/quotes.js has the same rule."""

import regex

from app.base.text import is_visible

QUOTE_CHARS = 140
LOOKED_AT_CHARS = 1_000  # of a message: what says nothing for longer is quoted as it begins

# What stands before the words of a line: space, signs of quotes and lists, the fence of a block of code. Numbers of
# lists are shown, so they stay.
_MARKS = regex.compile(r"(?:\p{White_Space}|>(?=[>\p{White_Space}]|$)|[-*](?=\p{White_Space}|$)|`{3,})++")
# A fence, with or without the language of the code that follows.
_FENCE = regex.compile(r"[\p{White_Space}>]*`{3,}\p{White_Space}*(?:[\p{L}\p{N}_+#.-]+\p{White_Space}*)?")


def first_words(text: str) -> str:
    """The beginning of the first line that says something, without the marks before it."""
    lines = text[:LOOKED_AT_CHARS].split("\n")
    said = (_words(line) for line in lines if not _FENCE.fullmatch(line))
    shown = (words[:QUOTE_CHARS] for words in (*said, *lines))
    return next(filter(is_visible, shown), "")


def _words(line: str) -> str:
    marks = _MARKS.match(line)
    return line[marks.end() :] if marks else line
