"""Writes the styled stretches of a line or a few in Parley's markup. Pure; `styled.py` writes the blocks.

A begin of an emphasis or of code stands behind no letter, and an end of an emphasis before none; a joiner (U+200D,
U+2060), which nobody sees, stands between where the source has a style in the middle of a word.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from app.chat.markup.links import addresses, is_address
from app.chat.markup.shown import shown
from app.transfer import mentions

BOLD, ITALIC, STRIKE = 1, 2, 4

EVERYBODY = "@all"
GUARD, BEGIN_GUARD = "\u2060", "\u200d"  # no sign begins behind the first, any may behind the second

_EDGES = re.compile(r"(\s*\n[^\S\n]*\n\s*|^\s+|\s+\Z)")
_TYPED_BEGIN = re.compile(
    r"(?<![A-Za-z0-9\u2060])(?:(?<!\*)(?=\*+[^\s*])|(?<!_)(?=_+[^\s_])|(?<!~)(?=~+[^\s~]))"  # of each run
)
_NO_BEGIN_BEHIND = re.compile(r"[^\s(\[{\"'/:,;!?>|*_~\u200d-]\Z")
_SIGN_END, _SIGN_BEGIN = re.compile(r"[*_~`]\Z"), re.compile(r"[*_~`\w]")
_CALL_GOES_ON = re.compile(r"[\w@/]|[:.'\u2019-]\S")
_NO_CALL_BEHIND = re.compile(r"[\w./@-]\Z")
_ADDRESS_GOES_ON, _NO_ADDRESS_BEHIND = re.compile(r"[^\s<>)\]\"'.,;:!?]"), re.compile(r"[\w@./-]\Z")
_NO_CODE_BEHIND = re.compile(r"\w\Z")
_TICKS = re.compile("`+")
_TICKS_BEGIN = r"(?:(?<![\\`])|(?<=\\`))"  # a backslash takes the meaning of one
_TICKED = re.compile(rf"{_TICKS_BEGIN}(`+)(?!`)[^\n]*?[^\n`][^\n]*?{_TICKS_BEGIN}\1(?!`)")


class Span(NamedTuple):
    """A stretch of text; `style` is a sum of `BOLD` and others. `seen` is what readers see of what is written."""

    text: str
    style: int = 0
    kind: Literal["text", "code", "link", "address", "call"] = "text"
    label: str | None = None
    href: str = ""  # of a link that has a label

    @property
    def seen(self) -> str:
        return self.text if self.label is None else self.label

    @property
    def unmarked(self) -> str:
        """What is written where nothing is marked, such as in a topic: a label, and its address behind it."""
        return self.text if self.label is None else f"{self.label} ({self.href})"


class Care(NamedTuple):
    """How a text is written: with styles, with typed signs guarded, with typed backticks in code."""

    styles: bool = True
    guards: bool = True
    wraps: bool = False


def typed(text: str) -> str:
    """What was typed, without NUL, which cannot be stored, and the characters that mark mentions here."""
    text = text.replace("\x00", "")
    return text if text.isascii() else mentions.typed(text)


def person(key: str, style: int = 0) -> Span:
    """The mention of a person."""
    return Span(mentions.person(key), style, "call")


def room(key: str, style: int = 0) -> Span:
    """The name of a room."""
    return Span(mentions.room(key), style, "call")


def everybody(style: int = 0) -> Span:
    """The mention of everybody."""
    return Span(EVERYBODY, style, "call")


def no_call(name: str, style: int = 0) -> Span:
    """A name behind an @ that is nobody's login here: of a group, say."""
    return Span(f"@{GUARD}{name}", style)


@lru_cache(1_000)
def link(label: str, href: str, style: int = 0) -> Span:
    """A link: with its label, where Parley shows such a label; otherwise both, one behind the other."""
    href = href.strip().replace(" ", "%20")
    label = label.strip()
    if not href:
        return Span(label, style)
    if not label or label == href:
        return Span(href, style, "address")
    if href.rstrip("/") in {f"{scheme}{label.rstrip('/')}" for scheme in ("https://", "http://", "mailto:")}:
        found = next(addresses(label), None)
        if found and found.start == 0 and found.end == len(label):
            return Span(label, style, "address")
    named = f"[{label}]({href})"
    if is_address(href) and shown(named) == label:
        return Span(named, style, "link", label, href)
    return Span(f"{label} ({href})", style)


def code(text: str, style: int = 0) -> Iterator[Span]:
    """Code: a span for each line, for code does not go over lines."""
    for n, line in enumerate(text.split("\n")):
        if n:
            yield Span("\n")
        if line:
            yield Span(line, style, "code") if line.strip() else Span(line)


def inline(spans: Sequence[Span], care: Care) -> str:
    """The markup of spans that follow each other."""
    if not care.styles:
        bare = _merged([span._replace(style=0) for span in spans])
        return "".join(_joined((_piece(span, care), span.kind) for span in bare))
    emphases = {BOLD: "**", ITALIC: _italic_sign(spans), STRIKE: "~~"}
    out: list[str] = []
    opened: list[int] = []
    kind = "text"
    for span in [*_split(_merged(spans)), Span("")]:
        ends = "".join(emphases[opened.pop()] for _ in range(_to_close(opened, span.style)))
        wanted = 0 if span.text.isspace() else span.style  # nothing begins before a space
        begun = [style for style in (STRIKE, BOLD, ITALIC) if wanted & style and style not in opened]
        opened += begun
        begins = "".join(emphases[style] for style in begun)
        before, piece = "".join(out[-2:]), _piece(span, care)
        out.append(ends)
        if begins:
            out += [BEGIN_GUARD if _NO_BEGIN_BEHIND.search(before + ends) or before.endswith(begins[0]) else "", begins]
        elif ends:
            out.append(GUARD if _SIGN_BEGIN.match(piece) else "")
        else:
            out.append(_between(before, kind, piece, span.kind))
        out.append(piece)
        kind = span.kind
    return "".join(out)


def _joined(pieces: Iterator[tuple[str, str]]) -> Iterator[str]:
    last, last_kind = "", "text"
    for piece, kind in pieces:
        yield _between(last, last_kind, piece, kind)
        yield piece
        last, last_kind = piece, kind


def _between(before: str, kind: str, piece: str, next_kind: str) -> str:
    """What keeps two neighbours apart that would be read as one; mostly nothing."""
    if not before or not piece:
        return ""
    is_apart = (
        not (kind == "call" and _CALL_GOES_ON.match(piece))
        and not (next_kind == "call" and _NO_CALL_BEHIND.search(before))
        and not (kind == "address" and _ADDRESS_GOES_ON.match(piece))
        and not (next_kind == "address" and _NO_ADDRESS_BEHIND.search(before))
        and not (next_kind != "text" and _SIGN_END.search(before) and piece[0] == before[-1])
        and not (kind == "code" and piece[0] == "`")
        and not (next_kind == "code" and _NO_CODE_BEHIND.search(before))
    )
    return "" if is_apart else GUARD


def _to_close(opened: Sequence[int], style: int) -> int:
    """How many of the open emphases end: those that the next stretch has not, and all inside of them."""
    for n, each in enumerate(opened):
        if not style & each:
            return len(opened) - n
    return 0


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """Neighbours of one style as one: Slack cuts text where a link or an emoji was."""
    last: Span | None = None
    for span in filter(_is_something, spans):
        if last and span.kind == last.kind and span.style == last.style and span.kind in ("text", "code"):
            last = Span(last.text + span.text, last.style, last.kind)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _is_something(span: Span) -> bool:
    return span.text != ""


def _split(spans: Iterator[Span]) -> list[Span]:
    """The same with white space and blank lines at the edge of a style outside of it, where Parley needs them."""
    pieces: list[Span] = []
    for span in spans:
        if span.style and span.kind == "text":
            texts = filter(None, _EDGES.split(span.text))
            pieces += [Span(text, 0 if text.count("\n") > 1 else span.style) for text in texts]
        else:
            pieces.append(span)
    for n, span in enumerate(pieces):
        if span.kind == "text" and span.style and span.text.isspace():
            around = (pieces[n - 1].style if n else 0) & (pieces[n + 1].style if n + 1 < len(pieces) else 0)
            pieces[n] = span._replace(style=span.style & around)
    return pieces


def _italic_sign(spans: Sequence[Span]) -> str:
    is_in_text = any(span.style and span.kind == "text" and "_" in span.text for span in spans)
    return "*" if is_in_text else "_"


def _piece(span: Span, care: Care) -> str:
    if span.kind == "code":
        return _coded(span.text, _ticks_beyond(span.text))
    if span.kind != "text" or not care.guards:
        return span.text
    text = _TYPED_BEGIN.sub(GUARD, span.text).replace("](", f"]{GUARD}(")
    if not care.wraps:
        return text
    ticks = _ticks_beyond(text)
    return _TICKED.sub(lambda found: f"{GUARD}{_coded(found[0], ticks)}{GUARD}", text)


def _coded(text: str, ticks: str) -> str:
    """Code between more backticks than it has. Typed backticks have no other way to be seen: `` `a` `` in code."""
    pad = " " if "`" in (text[0], text[-1]) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _ticks_beyond(text: str) -> str:
    return "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
