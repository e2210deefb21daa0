"""Telegram Desktop's JSON that is none, made one: `\\x0C` in texts, and paths without quotation marks."""

import re

from app.transfer.readers.streaming import Readable

_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_ESCAPE_BYTES = 4
_BARE_DOCUMENT = re.compile(rb'("document_id": )(?![-"0-9{\[])([^\n"]*?)(,?\r?\n)')
_LONGEST_LINE_BYTES = 64 * 1024  # with a bare path; texts may have longer ones


class Mended:
    """A file as it would be if it were JSON; what is JSON stays as it is."""

    def __init__(self, file: Readable) -> None:
        self._file, self._rest = file, b""

    def read(self, size: int, /) -> bytes:
        """The next bytes, about as many; none at the end."""
        while True:
            piece = self._file.read(size)
            text = self._rest + piece
            end = _whole(text) if piece else len(text)
            self._rest = text[end:]
            if end or not piece:
                return _mended(text[:end])


def _whole(text: bytes) -> int:
    """Up to where nothing that is to be mended is cut off: the last line's begin, or at least the last escape's."""
    line = text.rfind(b"\n") + 1
    if len(text) - line <= _LONGEST_LINE_BYTES:
        return line
    last = max((found.start() for found in _ESCAPE.finditer(text, line)), default=line)
    return last if len(text) - last < _ESCAPE_BYTES else len(text)


def _mended(text: bytes) -> bytes:
    if b"\\x" in text:
        text = _ESCAPE.sub(_escaped, text)
    return _BARE_DOCUMENT.sub(rb'\1"\2"\3', text)


def _escaped(found: "re.Match[bytes]") -> bytes:
    return b"\\u00" + found[1] if found[1] else found[0]
