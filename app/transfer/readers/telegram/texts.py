"""What Telegram's styles become in Parley's markup. Pure."""

from collections.abc import Iterator

from app.transfer.readers import inline
from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, typed
from app.transfer.readers.styled import Block, styled
from app.transfer.readers.telegram.shapes import Entity, Posted

_STYLES = {"bold": BOLD, "italic": ITALIC, "strikethrough": STRIKE}


def text_of(posted: Posted) -> str:
    """The text of a message, or what stands for it: a poll, a place, a sticker."""
    entities = posted.text_entities or _entities(posted.text)
    if not any(entity.text for entity in entities):
        entities = [Entity("plain", _instead(posted))]
    blocks = list(_blocks(entities))
    if posted.forwarded_from is not None:
        blocks = [block._replace(kind="quote") if block.kind == "text" else block for block in blocks]
    return styled(blocks)


def _entities(text: "str | list[str | Entity]") -> list[Entity]:
    parts = [text] if isinstance(text, str) else text
    return [Entity("plain", part) if isinstance(part, str) else part for part in parts]


def _instead(posted: Posted) -> str:
    if posted.poll:
        return "\n".join([posted.poll.question, *(f"- {answer.text}" for answer in posted.poll.answers)])
    if place := posted.location_information:
        return f"{place.latitude}, {place.longitude}"
    return posted.sticker_emoji or ""


def _blocks(entities: list[Entity]) -> Iterator[Block]:
    """Code and quotes are blocks of their own; what stands between two of them is one."""
    spans: list[Span] = []
    for entity in entities:
        if entity.type not in ("pre", "blockquote"):
            spans += _spans(entity)
            continue
        if spans:
            yield Block(spans)
        spans = []
        yield Block([Span(typed(entity.text))], "code" if entity.type == "pre" else "quote")
    if spans:
        yield Block(spans)


def _spans(entity: Entity) -> Iterator[Span]:
    text = typed(entity.text)
    match entity.type:
        case "code":
            yield from inline.code(text)
        case "text_link":
            yield inline.link(text, entity.href or "")
        case "link" | "email":
            yield Span(text, 0, "address")
        case "mention_name" if entity.user_id:
            yield inline.person(f"user{entity.user_id}")
        case _:
            yield Span(text, _STYLES.get(entity.type, 0))
