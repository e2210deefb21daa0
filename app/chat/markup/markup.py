"""Markup in messages: typed text to safe HTML. Pure.

The rules are Parley's own and few; they stand in docs/PROTOCOL.md under “Markup”. Whatever is no sign of markup is
shown as it was typed, to the last space. This file finds the blocks, a line at a time; `inline.py` reads what stands
inside of them. Text without markup costs a few searches. The result is sanitised once more, by a library that
trusts nothing of ours and allows only what is listed here.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import nh3

from app.base.text import is_visible
from app.chat.markup.inline import TooManySigns, Written, escaped, read_inline
from app.chat.markup.mentions import called

TAGS = {"p", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
# Without "*", nh3 would allow `title` and `lang` everywhere.
ATTRIBUTES: dict[str, set[str]] = {"a": {"href", "dir"}, "ol": {"start"}, "*": set()}
FIXED_ATTRIBUTES = {"a": {"target": "_blank"}}
LINK_REL = "noopener noreferrer nofollow"
SCHEMES = {"http", "https", "mailto"}
MAX_NESTING = 6  # of quotes in one another, and of lists
# Prose has fewer; what has more, code without a fence mostly, is shown as it was typed.
MAX_SIGNS = 300
MAX_MARKED_LINES = 150
REMEMBERED = 500  # the newest messages are read again and again

# Names of languages that may stand behind the first fence of a block of code.
_LANGUAGES = """
asm awk bash bat c c# c++ clj clojure cmake cmd cobol conf console cpp cs csharp css csv dart diff docker dockerfile
elixir elm erlang ex fortran fsharp go golang graphql groovy h haskell hpp hs html http ini java javascript jinja
jinja2 jl js json json5 jsonc jsx julia kotlin kt latex log lua markdown md mermaid mysql nginx nim objc ocaml pascal
perl php plaintext plpgsql powershell proto protobuf ps1 psql py python python3 r rb rs rst ruby rust scala scss sh
shell sql sqlite svelte svg swift tcl tex text toml ts tsx txt typescript vb vue xml yaml yml zig zsh
"""
LANGUAGES = frozenset(_LANGUAGES.split())

# Most texts, behind a line feed, have none of these. Each begins with a sign of its own, so that re looks for those
# first: a long text takes a tenth of what it takes with "^", or with what stands before a sign.
_MAY_BE_MARKUP = re.compile(r"[*`]|~~|\]\(|_(?<!\w_)|\n {0,3}(?:> |- |[0-9]{1,3}\. )")
_FENCE = re.compile(r" {0,3}(`{3,})([^`]*)")
_FENCE_END = re.compile(r"([^`]*)(`{3,})[ \t]*")
_ITEM = re.compile(r"( *)(?:[-*]|([0-9]|[1-9][0-9]{1,2})\.) (?= *\S)")
_MARKED_LINE = re.compile(r" *(?:```|(?:[-*]|[0-9]{1,3}\.) +\S)|>(?: |$)")
_LINE_SIGNS = frozenset(" >`*-0123456789")  # the first of such a line
MAX_INDENT = 3  # of a list; deeper it is code that somebody pasted

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    set_tag_attribute_values=FIXED_ATTRIBUTES,
    link_rel=LINK_REL,
    url_schemes=SCHEMES,
    url_relative="deny",
)


class Meaning(NamedTuple):
    """What a text means: its HTML, None where it has no markup, and whom it calls, as `called` has it."""

    html: str | None
    called: tuple[str, ...]


_PLAIN = Meaning(None, ())


def meaning_of(text: str) -> Meaning:
    """The HTML of a text, as `html_of` has it, and whom it calls, from one parsing."""
    has_calls = "@" in text
    if not has_calls and not _may_be_markup(text):
        return _PLAIN
    parsed = _parse(text)
    return Meaning(parsed.html, called(parsed.prose) if has_calls else ())


def html_of(text: str) -> str | None:
    """The text as HTML that is safe to show, or None where it has no markup: it is then shown as it was typed."""
    return _parse(text).html if _may_be_markup(text) else None


def _may_be_markup(text: str) -> bool:
    return _MAY_BE_MARKUP.search(f"\n{text}") is not None


class _Parsed(NamedTuple):
    """The HTML, and the words without code and addresses."""

    html: str | None
    prose: str


@lru_cache(REMEMBERED)
def _parse(text: str) -> _Parsed:
    written = Written(MAX_SIGNS)
    try:
        _Reader(written).blocks(text.split("\n"))
    except TooManySigns:
        return _Parsed(None, text)
    html = _cleaner.clean(written.html) if written.has_markup else None
    return _Parsed(html, written.prose if "@" in text else "")


class _Item(NamedTuple):
    """A line of a list; `number` is None behind a dash or an asterisk."""

    indent: int
    number: int | None
    text: str


class _Reader:
    """Reads lines, and writes them; line feeds and spaces are as typed, and shown."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._html = written.html_parts

    def blocks(self, lines: Sequence[str], depth: int = 0) -> None:
        marked = [n for n, line in enumerate(lines) if line[:1] in _LINE_SIGNS and _MARKED_LINE.match(line)]
        fence_ends = _fence_ends(lines, marked)
        if len({*marked, *fence_ends}) > MAX_MARKED_LINES:
            raise TooManySigns
        start = 0  # of what is not written
        for n in marked:
            end = _block_end(lines, n, fence_ends, depth) if n >= start else n
            if end > n:
                self._paragraph(lines[start:n])
                self._block(lines[n:end], depth)
                start = end
        self._paragraph(lines[start:])

    def _block(self, lines: Sequence[str], depth: int) -> None:
        self._written.count(1)
        self._written.has_markup = True
        if lines[0].startswith(">"):
            self._html.append("<blockquote>")
            self.blocks([line[2:] for line in lines], depth + 1)
            self._html.append("</blockquote>")
        elif lines[0].lstrip(" ").startswith("```"):
            code = "".join(f"{line}\n" for line in _code(lines))
            self._html.append(f"<pre><code>{escaped(code)}</code></pre>")
        else:
            self._list([_item(line) for line in lines])

    def _paragraph(self, lines: Sequence[str]) -> None:
        if lines:
            self._html.append("<p>")
            read_inline("\n".join(lines), self._written)
            self._html.append("</p>" if lines[-1] else "\n</p>")  # the last line feed is not shown

    def _list(self, items: Sequence[_Item], depth: int = 1) -> None:
        """Lists, one after the other: a new one where the kind changes, or where a number does not follow the last."""
        n = 0
        while n < len(items):
            number = items[n].number
            self._html.append("<ul>" if number is None else "<ol>" if number == 1 else f'<ol start="{number}">')
            tag = "ul" if number is None else "ol"
            while n < len(items) and items[n].number == number:
                end = n + 1
                while depth < MAX_NESTING and end < len(items) and items[end].indent > items[n].indent:
                    end += 1
                self._html.append("<li>")
                read_inline(items[n].text, self._written)
                self._list(items[n + 1 : end], depth + 1)
                self._html.append("</li>")
                n, number = end, None if number is None else number + 1
            self._html.append(f"</{tag}>")


def _block_end(lines: Sequence[str], start: int, fence_ends: Sequence[int], depth: int) -> int:
    """Where the block that begins with a line ends; `start` where none does."""
    line = lines[start]
    if fence := _FENCE.fullmatch(line):
        return _fence_end(lines, start, len(fence[1]), fence_ends)
    if _is_quoted(line) and depth < MAX_NESTING:
        end = _run_end(lines, start, _is_quoted)
        return end if any(is_visible(each[2:]) for each in lines[start:end]) else start
    if _is_item(line) and line[: MAX_INDENT + 1].strip():
        return _run_end(lines, start, _is_item)
    return start


def _is_quoted(line: str) -> bool:
    return line.startswith("> ") or line == ">"


def _is_item(line: str) -> bool:
    found = _ITEM.match(line)
    return found is not None and is_visible(line[found.end() :].strip("-* "))  # "* * *" is a line between texts


def _run_end(lines: Sequence[str], start: int, belongs: Callable[[str], object]) -> int:
    end = start + 1
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return end


def _fence_ends(lines: Sequence[str], marked: Sequence[int]) -> list[int]:
    """The lines that may end a block of code, where one may begin."""
    if not any("```" in lines[n] for n in marked):
        return []
    return [n for n, line in enumerate(lines) if "```" in line and _FENCE_END.fullmatch(line)]


def _fence_end(lines: Sequence[str], start: int, ticks: int, fence_ends: Sequence[int]) -> int:
    """Behind the line that ends a block of code; `start` where nothing ends it, or nothing is in it."""
    for end in fence_ends[bisect_left(fence_ends, start + 1) :]:
        found = _FENCE_END.fullmatch(lines[end])
        if found and len(found[2]) >= ticks:
            return end + 1 if any(map(is_visible, _code(lines[start : end + 1]))) else start
    return start


def _code(lines: Sequence[str]) -> list[str]:
    """The lines of a block of code: without its fences, and without the name of a language behind the first."""
    first = lines[0].lstrip(" ").lstrip("`")
    last = lines[-1].rstrip(" \t").rstrip("`")
    begins = [] if not first.strip() or first.strip().lower() in LANGUAGES else [first]
    return [*begins, *lines[1:-1], *([last] if last.strip() else [])]


def _item(line: str) -> _Item:
    found = _ITEM.match(line)
    assert found is not None  # noqa: S101 (the lines of a list are those that match)
    return _Item(len(found[1]), int(found[2]) if found[2] else None, line[found.end() :])
