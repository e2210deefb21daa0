"""What Telegram's styles become in Parley's markup. Pure."""

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import UNSET

from app.transfer.readers import inline
from app.transfer.readers.inline import BOLD, Span, typed
from app.transfer.readers.styled import Block, Item, styled
from app.transfer.readers.telegram.rich import STYLES, blocks_of, named_in
from app.transfer.readers.telegram.shapes import Entity, Listed, Posted, Text


def text_of(posted: Posted) -> str:
    """The text of a message, and what was sent with it or in place of it: a poll, a place, a sticker."""
    entities = posted.text_entities or _entities(posted.text)
    if posted.rich_message:
        blocks = blocks_of(posted.rich_message.get("blocks"))
    else:
        blocks = [*_blocks(entities), *_beside(posted)]
    if posted.forwarded_from is not UNSET:
        by = [Block([Span(typed(posted.forwarded_from), BOLD)], "quote")] if posted.forwarded_from else []
        blocks = [*by, *(block._replace(kind="quote") if block.kind == "text" else block for block in blocks)]
    return styled(blocks)


def _entities(text: Text) -> list[Entity]:
    parts = [text] if isinstance(text, str) else text
    return [Entity("plain", part) if isinstance(part, str) else part for part in parts]


def called_in(posted: Posted) -> Iterator[tuple[str, str]]:
    """The keys of those whom a text names without a sign, and the words that stand for them there."""
    texts = [posted.text_entities or _entities(posted.text)]
    for listed in filter(None, (posted.poll, posted.todo_list)):
        answers = (answer.text for answer in listed.answers)
        texts += map(_entities, (listed.question, listed.title, *answers))
    for entity in chain.from_iterable(texts):
        if entity.type == "mention_name" and entity.user_id:
            yield f"user{entity.user_id}", entity.text
    if posted.rich_message:
        yield from named_in(posted.rich_message.get("blocks"))


def _beside(posted: Posted) -> Iterator[Block]:
    """What is no text, as one."""
    for listed in filter(None, (posted.poll, posted.todo_list)):
        yield from _listed(listed)
    lines: list[str | None] = []
    if contact := posted.contact_information:
        lines.append(_together(" ", contact.first_name, contact.last_name, contact.phone_number))
    lines.append(_together(", ", posted.place_name, posted.address))
    if place := posted.location_information:
        lines.append(f"{place.latitude}, {place.longitude}")
    if posted.performer:
        lines.append(_together(" – ", posted.performer, posted.title))
    lines += [posted.game_title, posted.game_description, posted.game_link, posted.sticker_emoji]
    yield from (Block([Span(typed(line))]) for line in lines if line)


def _listed(listed: Listed) -> Iterator[Block]:
    yield from _blocks(_entities(listed.question or listed.title))
    yield Block(items=[Item(0, None, _line(_entities(answer.text))) for answer in listed.answers])


def _line(entities: Iterable[Entity]) -> list[Span]:
    return [span for entity in entities for span in _spans(entity)]


def _together(sign: str, *parts: str | None) -> str:
    return sign.join(part for part in parts if part)


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
        inside = [Span(typed(entity.text))]
        yield Block(inside, "code", language=entity.language or "") if entity.type == "pre" else Block(inside, "quote")
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
            yield Span(text, STYLES.get(entity.type, 0))
