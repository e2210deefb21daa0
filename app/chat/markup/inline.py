"""Markup inside of a line: emphasis, code, links. Pure; `markup.py` finds the lines.

A sign that cannot be meant is text: inside of a word, beside a space, behind a backslash, around nothing that one could
read. Every step passes over the text once; what is done for each sign is bounded, and `Signs` bounds their number.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple, TypeVar

import regex

from app.base.text import READABLE, is_visible
from app.chat.markup.emphasis import TAGS, Emphasis, Run
from app.chat.markup.links import SPACED, Address, addresses, is_address

_SIGN = re.compile(r"(?<!\\)(?:`+|\*+|_+|~+|\[|\])|\n(?:[ \t]*\n)+")
_TARGET = re.compile(r"\(([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)")

_LAST_READABLE = regex.compile(f"(?r){READABLE}")
_IN_WORD = regex.compile(rf"(?<={SPACED})`")  # an apostrophe of those who have no other: п`ять

_Sign = TypeVar("_Sign")


class TooManySigns(Exception):
    """Reading on would take too long."""


class Signs:
    """Counts the signs of markup in a message."""

    def __init__(self, most: int) -> None:
        self._left = most

    def each(self, found: Iterable[_Sign]) -> Iterator[_Sign]:
        """The same signs, counted.

        Raises:
            TooManySigns
        """
        for sign in found:
            self._left -= 1
            if self._left < 0:
                raise TooManySigns
            yield sign


class InlineText(NamedTuple):
    """What stands in a line or a few: as HTML, and its words without code, addresses and signs of markup."""

    html: str
    prose: str
    has_markup: bool


def read_inline(text: str, signs: Signs) -> InlineText:
    """Read text without blocks.

    Raises:
        TooManySigns: there are more than `signs` has left.
    """
    found = [*signs.each(_SIGN.finditer(text))]
    links = [*signs.each(addresses(text))]
    if not found and not links:
        return InlineText(escape(text, quote=False), text, False)
    codes = _codes(text, found)
    writer = _Writer(text, codes, _named_links(text, found, codes))
    pieces: list[re.Match[str] | Address] = [*links, *found]  # an address may begin with a sign, such as _a@e.org
    for piece in sorted(pieces, key=_start):
        writer.write(piece)
    return writer.end()


def _start(piece: "re.Match[str] | Address") -> int:
    return piece.start if isinstance(piece, Address) else piece.start()


def _codes(text: str, signs: "Sequence[re.Match[str]]") -> "dict[int, re.Match[str]]":
    """The end of each stretch of code, by where it begins: backticks, as many, on the same line, around something.

    It does not begin behind a letter, where a backtick is an apostrophe.
    """
    ends = {}
    next_run: dict[int, re.Match[str]] = {}
    for sign in reversed(signs):
        if not sign[0].startswith("`"):
            continue
        end = next_run.get(len(sign[0]))
        if end and _may_be_code(text[sign.end() : end.start()]) and not _IN_WORD.match(text, sign.start()):
            ends[sign.start()] = end
        next_run[len(sign[0])] = sign
    return ends


def _may_be_code(inside: str) -> bool:
    return "\n" not in inside and is_visible(inside)


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
    return label == href or next(addresses(label), None) is None


class _Writer:
    """Writes a text from left to right: what lies between two pieces, then the piece."""

    def __init__(self, text: str, codes: "dict[int, re.Match[str]]", named_links: dict[int, _NamedLink]) -> None:
        self._text, self._codes, self._named_links = text, codes, named_links
        self._html: list[str | Run] = []
        self._prose: list[str | Run] = []
        self._emphasis = self._around_link = Emphasis(text)
        self._link: _NamedLink | None = None
        self._written = 0
        self._readable = -1  # where the last character stands that one could read
        self._has_markup = False

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
        elif piece[0][0] == "\n":
            self._emphasis = Emphasis(self._text)
        elif (piece[0][0], len(piece[0])) in TAGS:
            self._plain(start)
            self._run(Run(piece))

    def end(self) -> InlineText:
        self._plain(len(self._text))
        prose = "".join(part.prose if isinstance(part, Run) else part for part in self._prose)
        return InlineText("".join(map(str, self._html)), prose, self._has_markup)

    def _plain(self, end: int) -> None:
        """Write what stands before a piece."""
        if end == self._written:
            return
        text = self._text[self._written : end]
        self._html.append(escape(text, quote=False))
        self._prose.append(text)
        if found := _LAST_READABLE.search(text):
            self._readable = self._written + found.start()
        self._written = end

    def _opaque(self, html: str, end: int) -> None:
        self._html.append(html)
        self._prose.append("\n")
        self._readable, self._written = end - 1, end

    def _address(self, address: Address) -> None:
        typed = escape(self._text[address.start : address.end], quote=False)
        self._opaque(f'<a href="{escape(address.href)}" dir="ltr">{typed}</a>', address.end)

    def _code(self, begin: "re.Match[str]", end: "re.Match[str]") -> None:
        code = self._text[begin.end() : end.start()]
        if code[0] == " " == code[-1] and "`" in (code[1:2], code[-2:-1]):
            code = code[1:-1]  # the spaces that keep a backtick apart from those around it
        self._opaque(f"<code>{escape(code, quote=False)}</code>", end.end())
        self._has_markup = True

    def _begin_link(self, link: _NamedLink) -> None:
        self._html.append(f'<a href="{escape(link.href)}">')
        self._around_link, self._emphasis = self._emphasis, Emphasis(self._text)
        self._link, self._has_markup = link, True
        self._written += 1

    def _end_link(self, link: _NamedLink) -> None:
        self._html.append("</a>")
        self._emphasis, self._link = self._around_link, None
        self._written = link.end

    def _run(self, run: Run) -> None:
        self._has_markup = self._emphasis.add(run, self._readable) or self._has_markup
        self._html.append(run)
        self._prose.append(run)
        self._written = run.end
