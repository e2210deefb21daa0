"""What people colour and mark in IRC, as Parley's markup. Pure."""

import re
from collections.abc import Iterator

from app.transfer.readers import inline
from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, typed
from app.transfer.readers.styled import Block, styled

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CODE = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)
_STYLES = {"\x02": BOLD, "\x1d": ITALIC, "\x1e": STRIKE}
_MONOSPACE, _RESET = "\x11", "\x0f"


def decoded(line: bytes) -> str:
    """A line in UTF-8 or, as older programs wrote it, in Windows' Latin alphabet; without what colours a terminal."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        try:
            text = line.decode("cp1252")
        except UnicodeDecodeError:
            text = line.decode("latin-1")
    return _ANSI.sub("", text) if "\x1b" in text else text


def text_of(text: str, *, is_action: bool) -> str:
    """A text with its marks as Parley's; colours are left out. What somebody does, as `/me` writes it, is italic."""
    text = typed(text)
    if not is_action and not _CODE.search(text):
        return text
    return styled([Block(list(_spans(text, ITALIC if is_action else 0)))])


def _spans(text: str, always: int) -> Iterator[Span]:
    style, is_code, end = 0, False, 0
    for found in _CODE.finditer(text):
        yield from _span(text[end : found.start()], style | always, is_code=is_code)
        end = found.end()
        if found[0] == _RESET:
            style, is_code = 0, False
        elif found[0] == _MONOSPACE:
            is_code = not is_code
        else:
            style ^= _STYLES.get(found[0], 0)
    yield from _span(text[end:], style | always, is_code=is_code)


def _span(text: str, style: int, *, is_code: bool) -> Iterator[Span]:
    if is_code:
        yield from inline.code(text, style)
    elif text:
        yield Span(text, style)
