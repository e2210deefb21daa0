"""Writes styled text of other chats in Parley's markup (docs/PROTOCOL.md), so that people see what was typed. Pure.

Signs that were typed and would be read as markup get a word joiner (U+2060), which nobody sees. What was written is
read back with Parley's own rules: where that does not show every typed character, the text goes without emphasis, and
where even that hides one, as a block of code.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from app.chat.markup.markup import html_of
from app.chat.markup.shown import shown
from app.transfer.readers.inline import BOLD, GUARD, Care, Span, inline, typed

_CARES = (Care(guards=False), Care(), Care(styles=False), Care(styles=False, wraps=True))

_MAY_BE_SIGN = re.compile(r"[*_`~>\[\\]")
_FEW = 40  # spans, of which the signs are not too many to be read
_ITEM = re.compile(r"^ *(?:[-*]|[0-9]{1,3}\.) +(?=\S)", re.MULTILINE)
_LINE_SIGN = re.compile(r"^(?= {0,3}(?:>|[-*] |[0-9]{1,3}\. |`{3}))", re.MULTILINE)
_UNSEEN = re.compile("[\\s\u2060\u200d]+")
_TICKS = re.compile("`+")
_LANGUAGE = re.compile(r"[\w#+.-]*")
_MAX_INDENT = 3  # of the first item of a list


class Item(NamedTuple):
    """A line of a list; `number` is None behind a bullet."""

    level: int
    number: int | None
    spans: Sequence[Span]


class Block(NamedTuple):
    """Lines of text, of a quote or of code (`language` is what it is written in), or the items of a list.

    What has the kind "markup" is Parley's already.
    """

    spans: Sequence[Span] = ()
    kind: Literal["text", "quote", "code", "markup"] = "text"
    items: Sequence[Item] = ()
    language: str = ""


def styled(blocks: Sequence[Block]) -> str:
    """The markup of blocks that stand one below the other."""
    if len(blocks) == 1 and (clear := _clear(blocks[0])) is not None:
        return clear.strip("\n")
    blocks = [shorter for block in blocks if (shorter := _without_nothing(block))]
    whole = "\n".join(_typed(block) for block in blocks)
    text = seen = ""
    for care in _CARES:
        text = "\n".join(_written(block, care) for block in blocks).strip("\n")
        seen = _seen(text)
        if seen in {_UNSEEN.sub("", whole), _UNSEEN.sub("", _ITEM.sub("", whole))}:
            return text
    is_all = len(seen) >= len(_UNSEEN.sub("", whole))  # of more signs than are read, those of lists are seen, too
    return text if is_all else _fenced(whole)


def heading(topic: str) -> str:
    """What stands above the first message on a topic; nothing where there is none."""
    return f"{styled([Block([Span(typed(topic), BOLD)])])}\n" if topic else ""


def _without_nothing(block: Block) -> Block | None:
    """A block without items in which nothing stands; None where nothing stands in it."""
    if block.items:
        items = [item for item in block.items if any(span.text.strip() for span in item.spans)]
        return Block(items=items) if items else None
    return block if any(span.text.strip() for span in block.spans) else None


def _clear(block: Block) -> str | None:
    """The markup of a block that needs no care, as nearly all: no sign was typed, and styles are around words."""
    spans = block.spans
    if block.kind != "text" or block.items or len(spans) > _FEW:
        return None
    is_plain = True
    for span in spans:
        if span.kind == "text":
            text = span.text
            if _MAY_BE_SIGN.search(text):
                return None
            if not span.style:
                continue
            words = text.strip()
            if not words or not (words[0].isalnum() and words[-1].isalnum()):
                return None
        is_plain = False
    if not is_plain:
        return inline(spans, Care(guards=False))
    return spans[0].text if len(spans) == 1 else "".join([span.text for span in spans])


def _seen(text: str) -> str:
    """What a reader sees of a text, but for space."""
    return _UNSEEN.sub("", shown(text) if html_of(text) is not None else text)


def _typed(block: Block) -> str:
    if block.kind == "markup":
        return shown("".join(span.text for span in block.spans))
    lines: Iterable[Sequence[Span]] = (item.spans for item in block.items) if block.items else (block.spans,)
    return "\n".join("".join(span.seen for span in spans) for spans in lines)


def _written(block: Block, care: Care) -> str:
    if block.items:
        return "\n".join(_items(block.items, care))
    if block.kind == "markup":
        return "".join(span.text for span in block.spans)
    if block.kind == "code":
        return _fenced("".join(span.text for span in block.spans), block.language)
    text = inline(block.spans, care).removesuffix("\n")
    if care.guards:
        text = _LINE_SIGN.sub(GUARD, text)
    return "\n".join(_quoted(text)) if block.kind == "quote" else text


def _quoted(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"> {line}" if line.strip() else ">"


def _fenced(code: str, language: str = "") -> str:
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(code)), default=0))
    named = language if _LANGUAGE.fullmatch(language) else ""
    return "\n".join([f"{fence}{named}", code.removesuffix("\n"), fence])


def _items(items: Sequence[Item], care: Care) -> Iterator[str]:
    least = min(item.level for item in items)
    for n, item in enumerate(items):
        indent = 2 * (item.level - least)
        sign = "-" if item.number is None else f"{item.number}."
        yield f"{' ' * (indent if n else min(indent, _MAX_INDENT))}{sign} {inline(item.spans, care).strip()}"
