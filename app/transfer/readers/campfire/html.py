"""The HTML of Campfire's messages, as Trix writes it, as styled blocks. Pure."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, code, link, person, typed
from app.transfer.readers.styled import Block, Item

_STYLES = {
    "strong": BOLD,
    "b": BOLD,
    "h1": BOLD,
    "em": ITALIC,
    "i": ITALIC,
    "del": STRIKE,
    "s": STRIKE,
    "strike": STRIKE,
}
_LINES = {"div", "p", "h1", "body"}
_MENTION = "application/vnd.campfire.mention"
_PREVIEW = 'action-text-attachment[content-type="application/vnd.actiontext.opengraph-embed"]'
_USER = re.compile(r"gid://[^/]+/User/([0-9]+)")
_INSIDE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_ORIGINAL = re.compile(r"/rooms/([0-9]+)/@([0-9]+)\Z")


class Body(NamedTuple):
    """What a message says, which message it answers (room and id), and how many previews of links are in it."""

    blocks: list[Block]
    original: tuple[str, str] | None
    previews: int = 0


def body_of(html: str, room: str | None = None) -> Body:
    """Read the HTML of a message; that of an answer begins with what it quotes.

    What is quoted from another room than `room` stays in the text, where a room is given.
    """
    body = LexborHTMLParser(html).body
    if body is None:
        return Body([], None)
    original, previews = _original(body, room), len(body.css(_PREVIEW))
    writer = _Writer()
    writer.walk(body, 0)
    writer.end_line()
    return Body(writer.blocks, original, previews)


def _original(body: LexborNode, room: str | None) -> tuple[str, str] | None:
    """The message that is answered; takes its quote out."""
    for cite in body.css("blockquote + cite"):
        for each in cite.css("a"):
            found = _ORIGINAL.search(each.attributes.get("href") or "")
            if found and room in (None, found[1]):
                quote = cite.prev
                while quote is not None and quote.tag != "blockquote":
                    quote = quote.prev
                if quote is not None:
                    quote.decompose()
                cite.decompose()
                return found[1], found[2]
    return None


class _Writer:
    """Collects blocks; spans wait until their line ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._spans: list[Span] = []

    def end_line(self) -> None:
        if self._spans:
            self.blocks.append(Block(self._spans))
            self._spans = []

    def walk(self, node: LexborNode, style: int) -> None:
        for child in node.iter(include_text=True):
            self._one(child, style)

    def _one(self, node: LexborNode, style: int) -> None:
        tag = node.tag or ""
        style |= _STYLES.get(tag, 0)
        if tag in _LINES:
            self.end_line()
            self.walk(node, style)
            self.end_line()
        elif tag in ("blockquote", "pre"):
            self.end_line()
            text = [Span(typed(node.text()))] if tag == "pre" else _inside(node)
            self.blocks.append(Block(text, "code" if tag == "pre" else "quote"))
        elif tag in ("ul", "ol"):
            self.end_line()
            self.blocks.append(Block(items=[*_items(node, 0)]))
        else:
            self._spans += _spans(node, style)


def _inside(node: LexborNode) -> list[Span]:
    """What stands in a block, as lines."""
    writer = _Writer()
    writer.walk(node, 0)
    writer.end_line()
    lines = [[*block.spans] or [span for item in block.items for span in item.spans] for block in writer.blocks]
    return [span for n, line in enumerate(lines) for span in ([Span("\n")] if n else []) + line]


def _spans(node: LexborNode, style: int) -> Iterator[Span]:
    tag = node.tag
    style |= _STYLES.get(tag or "", 0)
    if tag == "-text":
        yield Span(typed(node.text_content or ""), style)
    elif tag == "br":
        yield Span("\n")
    elif tag == "code":
        yield from code(typed(node.text()), style)
    elif tag == "a":
        yield link(typed(node.text()), typed(node.attributes.get("href") or ""), style)
    elif tag == "action-text-attachment":
        if key := _mentioned(node):
            yield person(key, style)
    elif tag not in ("figure", "script", "style"):
        for child in node.iter(include_text=True):
            yield from _spans(child, style)


def _items(node: LexborNode, level: int) -> Iterator[Item]:
    number = 0
    for item in node.iter():
        if item.tag != "li":
            continue
        number += 1
        inner = [each for each in item.iter() if each.tag in ("ul", "ol")]
        spans = [
            span
            for each in item.iter(include_text=True)
            if each.tag not in ("ul", "ol")
            for span in (_inside(each) if each.tag in _LINES else _spans(each, 0))
        ]
        yield Item(level, number if node.tag == "ol" else None, spans)
        for each in inner:
            yield from _items(each, level + 1)


def _mentioned(node: LexborNode) -> str | None:
    """The id of whom an attachment names: Rails signs it, in Base64, once or twice."""
    if node.attributes.get("content-type") != _MENTION:
        return None
    found = (node.attributes.get("sgid") or "").split("--")[0]
    for _ in range(2):
        if user := _USER.search(found):
            return user[1]
        found = " ".join(map(_decoded, _INSIDE.findall(found)))
    user = _USER.search(found)
    return user[1] if user else None


def _decoded(text: str) -> str:
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if {"-", "_"} & {*text} else None).decode(
            "latin-1"
        )
    except (Error, ValueError):
        return ""
