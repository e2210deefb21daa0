"""Slack's blocks as styled blocks: `rich_text`, which is what people typed, and those of bots.

Their text is not escaped, but for what says that it is mrkdwn. Docs: docs.slack.dev/reference/block-kit/blocks; `call`,
`contact_card`, `condition` and others stand in exports without being described there.
"""

from collections.abc import Iterator
from typing import Any

from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, code, everybody, link, no_call, typed
from app.transfer.readers.markup import from_markdown
from app.transfer.readers.slack.emoji import character, of_code_points, with_characters
from app.transfer.readers.slack.mrkdwn import blocks_of, date, without_secret
from app.transfer.readers.slack.names import Names
from app.transfer.readers.slack.shapes import Object, objects
from app.transfer.readers.styled import Block, Item

_STYLES = {"bold": BOLD, "italic": ITALIC, "strike": STRIKE}
_UNKNOWN = "parts of messages of a kind that is unknown"
BUTTONS, ICONS = "buttons and fields to fill in, of programs", "small pictures beside what programs wrote"


def blocks_in(found: list[Object], names: Names, style: int = 0) -> list[Block]:
    """The blocks of a message; none where it has none that say anything. Lists in lists are siblings in Slack."""
    blocks: list[Block] = []
    for block in (block for each in found for block in _block(each, names, style)):
        if block.items and blocks and blocks[-1].items:
            blocks[-1] = Block(items=[*blocks[-1].items, *block.items])
        else:
            blocks.append(block)
    return blocks


def _block(block: Object, names: Names, style: int) -> Iterator[Block]:
    match block.get("type"):
        case "rich_text":
            for element in names.objects(block, "elements"):
                yield from _rich(element, names, style)
        case "header":
            yield Block([Span(typed(with_characters(names.word(block, "text", "text"))), BOLD)])
        case "table":
            yield from _table(block, names)
        case "markdown":
            yield Block([Span(from_markdown(typed(names.word(block, "text"))))], "markup")
        case "image":
            yield _picture(block, names)
        case "video":
            yield Block([link(typed(names.word(block, "title", "text")), names.word(block, "title_url"))])
            yield from _text(block.get("description"), names, style)
        case "section" | "context" | "alert" | "card":
            for text in [block.get("text"), *names.objects(block, "fields"), *names.objects(block, "elements")]:
                yield from _text(text, names, style)
            yield from _text(block.get("title"), names, style)
            yield from _beside(block.get("accessory"), names)
        case "actions" | "input" | "context_actions":
            names.left_out[BUTTONS] += max(1, len(names.objects(block, "elements")))
        case "divider":
            return
        case _:
            names.left_out[_UNKNOWN] += 1


def _beside(accessory: Any, names: Names) -> Iterator[Block]:
    """What stands to the right of a section: a picture, or something to press."""
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        yield _picture(accessory, names)
    elif accessory is not None:
        names.left_out[BUTTONS] += 1


def _picture(block: Object, names: Names) -> Block:
    label = names.word(block, "title", "text") or names.word(block, "alt_text")
    return Block([link(typed(label), without_secret(names.word(block, "image_url")))])


def _text(text: Any, names: Names, style: int) -> Iterator[Block]:
    """A text object, or a picture beside texts."""
    if not isinstance(text, dict):
        names.left_out[_UNKNOWN] += text is not None
    elif text.get("type") == "mrkdwn":
        yield from blocks_of(names.word(text, "text"), names, style)
    elif text.get("type") == "image":
        names.left_out[ICONS] += 1
    elif text.get("type") == "plain_text":
        yield Block([Span(typed(with_characters(names.word(text, "text"))), style)])
    else:
        names.left_out[_UNKNOWN] += 1


def _table(block: Object, names: Names) -> Iterator[Block]:
    rows = block.get("rows")
    for row in rows if isinstance(rows, list) else ():
        spans: list[Span] = []
        for n, cell in enumerate(objects(row)):
            spans += [Span(" | ")] if n else []
            if cell.get("type") == "raw_text":
                spans.append(Span(typed(names.word(cell, "text"))))
            else:
                spans += [span for each in blocks_in([cell], names) for span in each.spans]
        yield Block(spans)


def _rich(element: Object, names: Names, style: int) -> Iterator[Block]:
    kind = element.get("type")
    inside = names.objects(element, "elements")
    if kind == "rich_text_section":
        yield Block(_spans(inside, names, style))
    elif kind == "rich_text_quote":
        yield Block(_spans(inside, names, style), "quote")
    elif kind == "rich_text_preformatted":
        code = Span("".join(span.seen for span in _spans(inside, names, 0)))
        yield Block([code], "code", language=names.word(element, "language"))
    elif kind == "rich_text_list":
        yield Block(items=_items(element, inside, names, style))
    else:
        names.left_out[_UNKNOWN] += 1


def _items(element: Object, inside: list[Object], names: Names, style: int) -> list[Item]:
    level, offset = element.get("indent"), element.get("offset")
    level, first = level if isinstance(level, int) else 0, 1 + (offset if isinstance(offset, int) else 0)
    is_ordered = element.get("style") == "ordered"
    return [
        Item(level, first + n if is_ordered else None, _spans(names.objects(item, "elements"), names, style))
        for n, item in enumerate(inside)
    ]


def _spans(elements: list[Object], names: Names, style: int) -> list[Span]:
    spans: list[Span] = []
    for element in elements:
        if element.get("type") == "text" and not element.get("style"):
            spans.append(Span(typed(names.word(element, "text")), style))
        else:
            spans += _span(element, names, style)
    return spans


def _span(element: Object, names: Names, style: int) -> Iterator[Span]:
    marks = element.get("style")
    is_code = False
    if isinstance(marks, dict):
        is_code = bool(marks.get("code"))
        style |= sum(value for name, value in _STYLES.items() if marks.get(name))
    kind = element.get("type")
    if kind == "text":
        text = typed(names.word(element, "text"))
        if is_code:
            yield from code(text, style)
        else:
            yield Span(text, style)
    elif kind == "link":
        href, label = without_secret(typed(names.word(element, "url"))), typed(names.word(element, "text"))
        if is_code and label in ("", href):
            yield from code(href, style)
        else:
            yield link(label, href, style)
    else:
        yield _sign(kind, element, names, style)


def _sign(kind: Any, element: Object, names: Names, style: int) -> Span:
    """What is not text: a person, a room, an emoji …"""
    match kind:
        case "user":
            return names.person(names.word(element, "user_id"), "", style)
        case "channel":
            return names.room(names.word(element, "channel_id"), "", style)
        case "broadcast":
            return everybody(style)
        case "usergroup":
            return no_call(typed(names.word(element, "usergroup_id")), style)
        case "emoji":
            name, tone = names.word(element, "name"), names.word(element, "skin_tone")
            toned = f"{name}::skin-tone-{tone}" if tone and "::" not in name else name
            char = of_code_points(names.word(element, "unicode")) or character(toned) or character(name)
            return Span(char or f":{typed(name)}:", style)
        case "date":
            return date(element.get("timestamp"), names.word(element, "fallback"), names.word(element, "url"), style)
    for name in ("text", "value", "fallback", "file_id", "url", "team_id", "label"):
        if text := names.word(element, name):
            return Span(typed(without_secret(text)), style)
    names.left_out[_UNKNOWN] += 1
    return Span("")
