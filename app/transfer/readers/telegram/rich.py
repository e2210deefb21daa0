"""Telegram's rich messages, which newer exports have in place of a text, as styled blocks. Pure.

Any field may be anything: the exporter itself marks half of the kinds of blocks as not supported.
"""

from collections.abc import Iterator
from typing import Any

from app.transfer.readers import inline
from app.transfer.readers.attached import objects, word
from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, typed
from app.transfer.readers.styled import Block, Item

STYLES = {"bold": BOLD, "italic": ITALIC, "strikethrough": STRIKE}
_TEXTS = ("title", "text", "author", "formula", "caption")
_INSIDE = ("block", "blocks", "items")
_TASKS = {"checked": "[x] ", "unchecked": "[ ] "}


def blocks_of(found: Any) -> list[Block]:
    """The blocks of a message; those of pictures are what is written below them."""
    return [block for each in objects(found) for block in _block(each)]


def named_in(found: Any) -> Iterator[tuple[str, str]]:
    """The keys of those whom blocks name without a sign, and the words that stand for them there."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if each.get("type") == "mention_name" and (user := word(each.get("user_id"))):
                yield f"user{typed(user)}", "".join(span.seen for span in _spans(each.get("text")))
            waiting += reversed(each.values())
        elif isinstance(each, list):
            waiting += reversed(each)


def _block(block: dict[str, Any]) -> Iterator[Block]:
    match block.get("type"):
        case "heading":
            yield Block([*_spans(block.get("text"), BOLD)])
        case "code":
            code = "".join(span.seen for span in _spans(block.get("text")))
            yield Block([Span(code)], "code", language=word(block.get("language")))
        case "list":
            yield Block(items=[*_items(block, 0)])
        case "quote":
            lines = [[*_spans(block.get("text"))], *_lines(block.get("blocks")), [*_spans(block.get("caption"))]]
            yield Block(_joined(lines), "quote")
        case "table":
            yield Block([*_spans(block.get("title"), BOLD)])
            for row in objects(block.get("rows")):
                yield Block(_joined([[*_spans(cell.get("text"))] for cell in objects(row.get("cells"))], " | "))
        case _:
            caption = block.get("caption")
            credit = caption.get("credit") if isinstance(caption, dict) else None
            yield from (Block([*_spans(text)]) for text in (*map(block.get, _TEXTS), credit))
            for name in _INSIDE:
                inside = block.get(name)
                yield from blocks_of([inside] if isinstance(inside, dict) else inside)


def _items(block: dict[str, Any], level: int) -> Iterator[Item]:
    for n, item in enumerate(objects(block.get("items")), 1):
        number = item.get("value") if isinstance(item.get("value"), int) else n
        inside = objects(item.get("blocks"))
        others = [each for each in inside if each.get("type") != "list"]
        task = [Span(sign)] if (sign := _TASKS.get(word(item.get("task_state")))) else []
        spans = task + _joined([[*_spans(item.get("text"))], *_lines(others)])
        yield Item(level, number if block.get("kind") == "ordered" else None, spans)
        for each in inside:
            if each.get("type") == "list":
                yield from _items(each, level + 1)


def _lines(found: Any) -> list[list[Span]]:
    """What stands in blocks, as lines."""
    return [[*spans] for block in blocks_of(found) for spans in ([each.spans for each in block.items] or [block.spans])]


def _joined(lines: list[list[Span]], sign: str = "\n") -> list[Span]:
    kept = [line for line in lines if line]
    return [span for n, line in enumerate(kept) for span in ([Span(sign)] if n else []) + line]


def _spans(text: Any, style: int = 0) -> Iterator[Span]:
    if isinstance(text, str):
        yield Span(typed(text), style)
    elif isinstance(text, list):
        for each in text:
            yield from _spans(each, style)
    elif isinstance(text, dict):
        yield from _styled(text, style)


def _styled(text: dict[str, Any], style: int) -> Iterator[Span]:
    inside = [*_spans(text.get("text"), style | STYLES.get(word(text.get("type")), 0))]
    seen = "".join(span.seen for span in inside)
    match text.get("type"):
        case "code":
            yield from inline.code(seen, style)
        case "text_link":
            yield inline.link(seen, word(text.get("href")), style)
        case "mention_name" if user := word(text.get("user_id")):
            yield inline.person(f"user{typed(user)}", style)
        case "link" | "email":
            yield Span(seen, style, "address")
        case _:
            yield from inside
            for name in ("source", "old_text"):
                yield from _spans(text.get(name), style)
