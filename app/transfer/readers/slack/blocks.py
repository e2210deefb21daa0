"""Slack's blocks as styled blocks: `rich_text`, which is what people typed, and those of bots.

Their text is not escaped, but for what says that it is mrkdwn. Docs: docs.slack.dev/reference/block-kit/blocks; `call`,
`contact_card`, `condition` and others stand in exports without being described there.
"""

from collections.abc import Iterator
from typing import Any

from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, code, everybody, link, no_call, typed
from app.transfer.readers.slack.emoji import character, of_code_points, with_characters
from app.transfer.readers.slack.mrkdwn import blocks_of, date, without_secret
from app.transfer.readers.slack.names import Names
from app.transfer.readers.slack.shapes import field, objects, word
from app.transfer.readers.styled import Block, Item

_STYLES = {"bold": BOLD, "italic": ITALIC, "strike": STRIKE}
_UNKNOWN = "parts of messages of a kind that is unknown"


def blocks_in(found: Any, names: Names, style: int = 0) -> list[Block]:
    """The blocks of a message; none where it has none that say anything. Lists in lists are siblings in Slack."""
    blocks: list[Block] = []
    for block in (block for each in objects(found) for block in _block(each, names, style)):
        if block.items and blocks and blocks[-1].items:
            blocks[-1] = Block(items=[*blocks[-1].items, *block.items])
        else:
            blocks.append(block)
    return blocks


def _block(block: dict[str, Any], names: Names, style: int) -> Iterator[Block]:
    kind = block.get("type")
    if kind == "rich_text":
        for element in objects(block.get("elements")):
            yield from _rich(element, names, style)
    elif kind == "header":
        yield Block([Span(word(field(block, "text", "text")), BOLD)])
    elif kind == "table":
        yield from _table(block, names)
    elif kind == "markdown":
        yield Block([Span(typed(word(block.get("text"))))])
    elif kind == "image":
        label = word(field(block, "title", "text")) or word(block.get("alt_text"))
        yield Block([link(typed(label), without_secret(word(block.get("image_url"))))])
    elif kind in ("section", "context", "video", "alert", "card"):
        for text in [block.get("text"), *_listed(block, "fields"), *_listed(block, "elements"), block.get("title")]:
            yield from _text(text, names, style)
    elif kind not in ("divider", "actions", "input", "context_actions"):
        names.left_out[_UNKNOWN] += 1


def _listed(block: dict[str, Any], name: str) -> list[Any]:
    found = block.get(name)
    return found if isinstance(found, list) else []


def _text(text: Any, names: Names, style: int) -> Iterator[Block]:
    """A text object, or a picture beside texts."""
    if field(text, "type") == "mrkdwn":
        yield from blocks_of(word(field(text, "text")), names, style)
    elif field(text, "type") == "plain_text":
        yield Block([Span(typed(with_characters(word(field(text, "text")))), style)])


def _table(block: dict[str, Any], names: Names) -> Iterator[Block]:
    for row in _listed(block, "rows"):
        spans: list[Span] = []
        for n, cell in enumerate(objects(row)):
            spans += [Span(" | ")] if n else []
            if cell.get("type") == "raw_text":
                spans.append(Span(typed(word(cell.get("text")))))
            else:
                spans += [span for each in blocks_in([cell], names) for span in each.spans]
        yield Block(spans)


def _rich(element: dict[str, Any], names: Names, style: int) -> Iterator[Block]:
    kind = element.get("type")
    inside = objects(element.get("elements"))
    if kind == "rich_text_section":
        yield Block(_spans(inside, names, style))
    elif kind == "rich_text_quote":
        yield Block(_spans(inside, names, style), "quote")
    elif kind == "rich_text_preformatted":
        code = Span("".join(span.seen for span in _spans(inside, names, 0)))
        yield Block([code], "code", language=word(element.get("language")))
    elif kind == "rich_text_list":
        yield Block(items=_items(element, inside, names, style))
    else:
        names.left_out[_UNKNOWN] += 1


def _items(element: dict[str, Any], inside: list[dict[str, Any]], names: Names, style: int) -> list[Item]:
    level, offset = element.get("indent"), element.get("offset")
    level, first = level if isinstance(level, int) else 0, 1 + (offset if isinstance(offset, int) else 0)
    is_ordered = element.get("style") == "ordered"
    return [
        Item(level, first + n if is_ordered else None, _spans(objects(item.get("elements")), names, style))
        for n, item in enumerate(inside)
    ]


def _spans(elements: list[dict[str, Any]], names: Names, style: int) -> list[Span]:
    spans: list[Span] = []
    for element in elements:
        if element.get("type") == "text" and not element.get("style"):
            spans.append(Span(typed(word(element.get("text"))), style))
        else:
            spans += _span(element, names, style)
    return spans


def _span(element: dict[str, Any], names: Names, style: int) -> Iterator[Span]:
    marks = element.get("style")
    is_code = False
    if isinstance(marks, dict):
        is_code = bool(marks.get("code"))
        style |= sum(value for name, value in _STYLES.items() if marks.get(name))
    kind = element.get("type")
    if kind == "text":
        text = typed(word(element.get("text")))
        if is_code:
            yield from code(text, style)
        else:
            yield Span(text, style)
    elif kind == "link":
        href, label = without_secret(typed(word(element.get("url")))), typed(word(element.get("text")))
        if is_code and label in ("", href):
            yield from code(href, style)
        else:
            yield link(label, href, style)
    else:
        yield _sign(kind, element, names, style)


def _sign(kind: Any, element: dict[str, Any], names: Names, style: int) -> Span:
    """What is not text: a person, a room, an emoji …"""
    match kind:
        case "user":
            return names.person(word(element.get("user_id")), "", style)
        case "channel":
            return names.room(word(element.get("channel_id")), "", style)
        case "broadcast":
            return everybody(style)
        case "usergroup":
            return no_call(typed(word(element.get("usergroup_id"))), style)
        case "emoji":
            name = word(element.get("name"))
            char = of_code_points(word(element.get("unicode"))) or character(name)
            return Span(char or f":{typed(name)}:", style)
        case "date":
            return date(element.get("timestamp"), word(element.get("fallback")), word(element.get("url")), style)
    for name in ("text", "value", "fallback", "file_id", "url", "team_id"):
        if text := word(element.get(name)):
            return Span(typed(without_secret(text)), style)
    names.left_out[_UNKNOWN] += 1
    return Span("")
