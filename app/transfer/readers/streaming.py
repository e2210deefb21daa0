"""A JSON document, read value by value from a file that need not fit into memory.

Python's own parser only says where each value ends. What it holds is for a stricter one.
"""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Protocol

PIECE_BYTES = 256 * 1024
MAX_VALUE_CHARS = 64 * 1024**2
_UNSURE_CHARS = 16  # where a text ends within a word such as “false”, the parser points in front of it
_SPACES = re.compile(r"[ \t\r\n]*")
_parsed = json.JSONDecoder(strict=False).raw_decode


class NoJson(Exception):
    """Why a file is no JSON, as the end of a sentence."""


class Readable(Protocol):
    """What a document is read from."""

    def read(self, size: int, /) -> bytes: ...


class JsonReader:
    """Reads a document from its begin to its end; `begun` is what was read of it before.

    Whoever gets a key or an element may read its value, once, by one of the methods; else it is passed over.

    Raises:
        NoJson: what comes is no JSON, is broken off, is not what is asked for, or is larger than an export's values.
    """

    def __init__(self, file: Readable, begun: bytes = b"") -> None:
        self._file = file
        self._decode = getincrementaldecoder("utf-8-sig")("replace").decode
        self._text, self._at = self._decode(begun), 0
        self._begun = 0  # values, so that it shows whether one was read

    def sign(self) -> str:
        """The character with which the next value begins; empty at the end of the file."""
        while True:
            spaces = _SPACES.match(self._text, self._at)
            self._at = spaces.end() if spaces else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def value(self) -> bytes:
        """The next value as it stands there."""
        self._begun += 1
        sign = self.sign()
        while (end := self._end()) is None or (end == len(self._text) and sign not in '{["'):
            if not self._more():
                break
        if end is None:
            raise NoJson("it is broken off")
        found, self._at = self._text[self._at : end].encode(), end
        return found

    def members(self) -> Iterator[str]:
        """The keys of an object, each in front of its value."""
        for _ in self._parts("{", "}"):
            if self.sign() != '"':
                raise NoJson(f"a key was expected{self._here()}")
            key = json.loads(self.value())
            self._take(":")
            begun = self._begun
            yield key
            if self._begun == begun:
                self.skip()

    def elements(self) -> Iterator[int]:
        """The numbers of an array's elements, from 1, each in front of its value."""
        for number in self._parts("[", "]"):
            begun = self._begun
            yield number
            if self._begun == begun:
                self.value()

    def skip(self, depth: int = 4) -> None:
        """Pass over the next value; what stands in it, down to some depth, may be larger than a value that is read."""
        sign = self.sign()
        if sign == "{" and depth:
            for _ in self.members():
                self.skip(depth - 1)
        elif sign == "[":
            for _ in self.elements():
                self.value()
        else:
            self.value()

    def end(self) -> None:
        """See that the document ends here."""
        if self.sign():
            raise NoJson(f"something stands behind its end{self._here()}")

    def _parts(self, begin: str, end: str) -> Iterator[int]:
        self._begun += 1
        self._take(begin)
        number = 0
        while self.sign() != end:
            if number:
                self._take(",")
            number += 1
            yield number
        self._at += 1

    def _take(self, sign: str) -> None:
        if (found := self.sign()) != sign:
            raise NoJson(f"“{sign}” was expected{self._here()}" if found else "it is broken off")
        self._at += 1

    def _here(self) -> str:
        return _in_front_of(self._text, self._at)

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        kept = len(self._text) - self._at
        if kept > MAX_VALUE_CHARS:
            raise NoJson(f"a value has more than {MAX_VALUE_CHARS:,} characters")
        more = self._file.read(max(PIECE_BYTES, kept))  # as much again, so that what is long is not read often
        self._text, self._at = self._text[self._at :] + self._decode(more, not more), 0
        return bool(more)

    def _end(self) -> int | None:
        """Where the value that begins here ends; None where that is not read yet."""
        try:
            return _parsed(self._text, self._at)[1]
        except json.JSONDecodeError as error:
            is_within = error.msg.startswith("Unterminated string") or error.pos + _UNSURE_CHARS > len(self._text)
            if is_within:
                return None
            raise NoJson(f"{error.msg}{_in_front_of(self._text, error.pos)}") from error
        except RecursionError as error:
            raise NoJson("its values lie too deep in each other") from error


def _in_front_of(text: str, at: int) -> str:
    """Where something is wrong, as the end of a sentence, which has one line."""
    seen = "".join(char if char.isprintable() else " " for char in text[at : at + 20])
    return f" in front of “{' '.join(seen.split())}”"
