"""Markup inside of a line: emphasis, code, links. Pure; `markup.py` finds the lines.

A sign that cannot be meant is text: inside of a word, beside a space, behind a backslash, around nothing that one could
read. Every step passes over the text once; what is done for each sign is bounded, and so is their number.
"""

import re
from collections.abc import Sequence
from html import escape
from itertools import islice
from typing import NamedTuple

import regex
from pydantic_core import Url

from app.base.text import READABLE, is_visible
from app.chat.markup.emphasis import TAGS, Emphasis, Run
from app.chat.markup.faces import without_faces
from app.chat.markup.links import SPACED, Address, addresses, is_address

_SIGN = re.compile(r"(?<!\\)(?:`+|\*+|_+|~+|\[|\])|\n(?:[ \t]*\n)+")
_TARGET = re.compile(r"\(([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)")

_LAST_READABLE = regex.compile(f"(?r){READABLE}")
_IN_WORD = regex.compile(rf"(?<={SPACED})`")  # an apostrophe of those who have no other: п`ять
_BEGINS_WORD = regex.compile(r"\s`+[\p{L}\p{N}]")  # as in `Umar and `Ali

SIGNS_OF_ADDRESS = 2  # that are read in the time of one


class TooManySigns(Exception):
    """Reading on would take too long."""


class Written:
    """What was read of a message so far: its HTML, and its words without code, addresses and signs of markup."""

    def __init__(self, most_signs: int) -> None:
        self.html_parts: list[str | Run] = []
        self.prose_parts: list[str | Run] = []
        self.has_markup = False
        self.signs_left = most_signs

    @property
    def html(self) -> str:
        return "".join(map(str, self.html_parts))

    @property
    def prose(self) -> str:
        return "".join(part if isinstance(part, str) else part.prose for part in self.prose_parts)

    def count(self, signs: int) -> None:
        """Count signs of markup, or what takes as long to read.

        Raises:
            TooManySigns: there are more than are left.
        """
        self.signs_left -= signs
        if self.signs_left < 0:
            raise TooManySigns


def escaped(text: str) -> str:
    """The text for the sanitiser, which reads numbers in half the time of `&amp;` and writes what is usual."""
    return text.replace("&", "&#38;").replace("<", "&#60;")


def read_inline(text: str, written: Written) -> None:
    """Read text without blocks, and write it.

    Raises:
        TooManySigns
    """
    signs = [*_SIGN.finditer(text)]
    written.count(len(signs))
    if "(" in text or "（" in text:
        signs = without_faces(text, signs)
    links = [*islice(addresses(text), written.signs_left // SIGNS_OF_ADDRESS + 1)]
    written.count(len(links) * SIGNS_OF_ADDRESS)
    if signs or links:
        # An address may begin with a sign, such as _a@e.org, and comes first.
        pieces: list[re.Match[str] | Address] = [*links, *signs]
        if links:
            pieces.sort(key=_start)
        writer = _Writer(text, signs, written)
        for piece in pieces:
            writer.write(piece)
        writer.end()
    else:
        written.html_parts.append(escaped(text))
        written.prose_parts.append(text)
    written.prose_parts.append("\n")


def _start(piece: "re.Match[str] | Address") -> int:
    return piece.start if isinstance(piece, Address) else piece.start()


def _codes(text: str, signs: "Sequence[re.Match[str]]") -> "dict[int, re.Match[str]]":
    """The end of each stretch of code, by where it begins: backticks, as many, on the same line, around something.

    It does not begin behind a letter nor end, but for `` a ``b, before a word, where a backtick is an apostrophe.
    """
    ends = {}
    next_run: dict[int, re.Match[str]] = {}
    for sign in reversed(signs):
        if not sign[0].startswith("`"):
            continue
        end = next_run.get(len(sign[0]))
        if end and _is_code(text, sign, end):
            ends[sign.start()] = end
        next_run[len(sign[0])] = sign
    return ends


def _is_code(text: str, begin: "re.Match[str]", end: "re.Match[str]") -> bool:
    inside = text[begin.end() : end.start()]
    if "\n" in inside or not is_visible(inside) or _IN_WORD.match(text, begin.start()):
        return False
    return inside[0] == " " or _BEGINS_WORD.match(text, end.start() - 1) is None


class _NamedLink(NamedTuple):
    """`[label](href)`: where the label ends, and where all of it does."""

    label_end: int
    end: int
    href: str


def _named_links(
    text: str, signs: "Sequence[re.Match[str]]", codes: "dict[int, re.Match[str]]"
) -> dict[int, _NamedLink]:
    """The links with a label, by where they begin.

    Raises:
        TooManySigns: labels that are none stand in one another, so that the same text would be read again and again.
    """
    links = {}
    opened: list[int] = []
    end, left = 0, len(text)
    for sign in signs:
        if sign.start() < end:
            continue
        if code := codes.get(sign.start()):
            end = code.end()
        elif sign[0] == "[":
            opened.append(sign.start())
        elif sign[0] == "]" and opened:
            begin = opened.pop()
            target = _TARGET.match(text, sign.end())
            left -= sign.start() - begin if target else 0
            if left < 0:
                raise TooManySigns
            if target and _is_named(text[begin + 1 : sign.start()], target[1]):
                links[begin] = _NamedLink(sign.start(), end := target.end(), target[1])
                opened.clear()
    return links


def _is_named(label: str, href: str) -> bool:
    """Whether a label may stand for an address: one can read it, and it does not pass for another address."""
    if "\n" in label or not _LAST_READABLE.search(label) or not is_address(href):
        return False
    return label == href or all(_is_same(named.href, href) for named in addresses(label))


def _is_same(one: str, other: str) -> bool:
    """Whether two addresses, which can be opened, are one: https://e.org and https://e.org/."""
    return Url(one) == Url(other)


class _Writer:
    """Writes a text from left to right: what lies between two pieces, then the piece."""

    def __init__(self, text: str, signs: "Sequence[re.Match[str]]", to: Written) -> None:
        self._text, self._to = text, to
        self._codes = _codes(text, signs) if "`" in text else {}
        self._named_links = _named_links(text, signs, self._codes) if "](" in text else {}
        self._html, self._prose = to.html_parts, to.prose_parts
        self._emphasis = self._around_link = Emphasis(text)
        self._link: _NamedLink | None = None
        self._written = 0
        self._readable = -1  # where the last character stands that one could read

    def write(self, piece: "re.Match[str] | Address") -> None:
        start = _start(piece)
        if start < self._written:
            return
        if isinstance(piece, Address):
            if self._link is None:
                self._plain(start)
                self._address(piece)
        elif code := self._codes.get(start):
            self._plain(start)
            self._code(piece, code)
        elif start in self._named_links:
            self._plain(start)
            self._begin_link(self._named_links[start])
        elif self._link and start == self._link.label_end:
            self._plain(start)
            self._end_link(self._link)
        elif (sign := piece[0]) in TAGS:
            self._plain(start)
            self._run(Run(sign, start))
        elif sign[0] == "\n":
            self._emphasis = Emphasis(self._text)

    def end(self) -> None:
        self._plain(len(self._text))

    def _plain(self, end: int) -> None:
        """Write what stands before a piece."""
        if end == self._written:
            return
        text = self._text[self._written : end]
        self._html.append(escaped(text))
        self._prose.append(text)
        if found := _LAST_READABLE.search(text):
            self._readable = self._written + found.start()
        self._written = end

    def _opaque(self, html: str, end: int) -> None:
        self._html.append(html)
        self._prose.append("\n")
        self._readable, self._written = end - 1, end

    def _address(self, address: Address) -> None:
        typed = escaped(self._text[address.start : address.end])
        self._opaque(f'<a href="{escape(address.href)}" dir="ltr">{typed}</a>', address.end)

    def _code(self, begin: "re.Match[str]", end: "re.Match[str]") -> None:
        code = self._text[begin.end() : end.start()]
        if code[0] == " " == code[-1] and "`" in (code[1:2], code[-2:-1]):
            code = code[1:-1]  # the spaces that keep a backtick apart from those around it
        self._opaque(f"<code>{escaped(code)}</code>", end.end())
        self._to.has_markup = True

    def _begin_link(self, link: _NamedLink) -> None:
        self._html.append(f'<a href="{escape(link.href)}">')
        self._around_link, self._emphasis = self._emphasis, Emphasis(self._text)
        self._link, self._to.has_markup = link, True
        self._written += 1

    def _end_link(self, link: _NamedLink) -> None:
        self._html.append("</a>")
        self._emphasis, self._link = self._around_link, None
        self._written = link.end

    def _run(self, run: Run) -> None:
        if self._emphasis.add(run, self._readable):
            self._to.has_markup = True
        self._html.append(run)
        self._prose.append(run)
        self._written = run.end
