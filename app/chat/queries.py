"""Statements on rooms, memberships and messages, one function each, and how their rows are read. Nothing commits here.

The statement that appends messages has a file of its own, `append.py`.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import UNSET, convert
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.details import QUOTE, REACTIONS, quote_in, reactions_in
from app.chat.events import Author, Message, RoomState, wire_time
from app.chat.markup import html_of
from app.chat.mentions import EVERYONE
from app.db.schema import instance, memberships, mentions, messages, rooms, users

MAX_DELETED_TOLD = 1_000

_author = users.alias("author")
_mentioned = (
    select(mentions.c.user_id)
    .where(mentions.c.room_id == messages.c.room_id, mentions.c.seq == messages.c.seq)
    .order_by(mentions.c.user_id)
    .correlate(messages)
    .scalar_subquery()
)
_MESSAGE = (
    messages.c.room_id,
    messages.c.seq,
    messages.c.rev,
    messages.c.created_at,
    messages.c.body,
    messages.c.reply_to,
    case((func.strpos(messages.c.body, "@") > 0, func.array(_mentioned))).label("mentions"),  # most call nobody
    messages.c.author_id,
    _author.c.login,
    _author.c.display_name,
    _author.c.hue,
    messages.c.edited_at,
    messages.c.deleted_at,
    QUOTE,
    REACTIONS,
)
# Those that do not count as unread.
_DELETED = (
    select(messages.c.seq)
    .where(messages.c.room_id == memberships.c.room_id, messages.c.seq > memberships.c.read_seq)
    .where(messages.c.deleted_at.is_not(None))
    .order_by(messages.c.seq)
    .limit(MAX_DELETED_TOLD)
    .correlate(memberships)
    .scalar_subquery()
)
_unread_mentions = (
    select(func.count())
    .where(
        mentions.c.room_id == memberships.c.room_id,
        mentions.c.seq > memberships.c.read_seq,
        mentions.c.user_id == func.any(array([literal_column(str(EVERYONE)), memberships.c.user_id])),
    )
    .correlate(memberships)
    .scalar_subquery()
)
_person, _place = users.alias("person"), memberships.alias("place")
_as_author = func.json_build_object("id", _person.c.id, "login", _person.c.login, "name", _person.c.display_name)
_people = select(func.json_agg(aggregate_order_by(_as_author, _person.c.id))).join_from(
    _place, _person, and_(_person.c.id == _place.c.user_id, _place.c.room_id == rooms.c.id)
)
people_of_direct = case((rooms.c.kind == "direct", _people.correlate(rooms).scalar_subquery())).label("people")
_ROOM_STATE = (
    rooms.c.id,
    rooms.c.kind,
    rooms.c.name,
    rooms.c.topic,
    rooms.c.last_seq,
    rooms.c.last_rev,
    memberships.c.read_seq,
    func.array(_DELETED, type_=ARRAY(BigInteger)).label("deleted"),
    _unread_mentions.label("mentions"),
    rooms.c.creator_id,
    rooms.c.archived_at,
    people_of_direct,
)
_messages = messages.join(_author, _author.c.id == messages.c.author_id)


def _message(row: Row[Any]) -> Message:
    return Message(
        room=row.room_id,
        seq=row.seq,
        rev=row.rev,
        author=Author(row.author_id, row.login, row.display_name, row.hue),
        time=wire_time(row.created_at),
        text=row.body,
        reply_to=row.reply_to,
        html=html_of(row.body),
        mentions=tuple(row.mentions or ()),
        quote=quote_in(row.quote),
        edited=wire_time(row.edited_at) if row.edited_at is not None and row.deleted_at is None else None,
        deleted=row.deleted_at is not None,
        reactions=reactions_in(row.reactions),
    )


def as_room_state(row: Any) -> RoomState:
    return RoomState(
        id=row.id,
        kind=row.kind,
        name=row.name,
        topic=row.topic,
        last_seq=row.last_seq,
        last_rev=row.last_rev,
        read_seq=row.read_seq,
        deleted=row.deleted,
        mentions=row.mentions,
        creator=UNSET if row.creator_id is None else row.creator_id,
        archived=UNSET if row.archived_at is None else True,
        people=UNSET if row.people is None else convert(row.people, list[Author]),
    )


async def epoch(conn: AsyncConnection) -> uuid.UUID:
    """The name of this database's history; a restored backup gets another."""
    found: uuid.UUID = (await conn.execute(select(instance.c.epoch))).scalar_one()
    return found


async def rooms_of(conn: AsyncConnection, user_id: int) -> list[RoomState]:
    """The rooms that a person is a member of, as they find them."""
    return [as_room_state(row) for row in await conn.execute(_rooms_of(user_id).order_by(rooms.c.id))]


def _rooms_of(user_id: int) -> Select[Any]:
    return (
        select(*_ROOM_STATE)
        .join(memberships, memberships.c.room_id == rooms.c.id)
        .where(memberships.c.user_id == user_id)
    )


@dataclass(frozen=True, slots=True)
class RoomLists:
    """The rooms that people are members of, as they find them; `lists_rev` numbers the changes of such lists."""

    epoch: uuid.UUID
    lists_rev: int
    of: dict[int, list[RoomState]]


async def rooms_of_each(conn: AsyncConnection, user_ids: Collection[int]) -> RoomLists:
    """The rooms that each of these people is a member of."""
    ids = bindparam("ids", list(user_ids), type_=ARRAY(BigInteger))
    theirs = memberships.join(rooms, rooms.c.id == memberships.c.room_id)
    statement = (
        select(instance.c.epoch, instance.c.lists_rev, memberships.c.user_id, *_ROOM_STATE)
        .select_from(instance.outerjoin(theirs, memberships.c.user_id == func.any(ids)))
        .order_by(rooms.c.id)
    )
    found: dict[int, list[RoomState]] = {user_id: [] for user_id in user_ids}
    rows = (await conn.execute(statement)).all()
    for row in rows:
        if row.user_id is not None:
            found[row.user_id].append(as_room_state(row))
    return RoomLists(rows[0].epoch, rows[0].lists_rev, found)


async def heads(conn: AsyncConnection, room_ids: Collection[int]) -> tuple[uuid.UUID, dict[int, int]]:
    """The epoch, and the newest rev of each of these rooms that exists."""
    ids = bindparam("ids", list(room_ids), type_=ARRAY(BigInteger))
    statement = select(instance.c.epoch, rooms.c.id, rooms.c.last_rev).select_from(
        instance.outerjoin(rooms, rooms.c.id == func.any(ids))
    )
    rows = (await conn.execute(statement)).all()
    return rows[0].epoch, {row.id: row.last_rev for row in rows if row.id is not None}


async def changes_after(conn: AsyncConnection, room_id: int, rev: int, limit: int) -> tuple[int, list[Message]]:
    """The next `limit` messages that changed after a rev, by rising rev, and the rev that they reach up to.

    One statement, so one snapshot: when fewer than `limit` come, they reach up to the room's newest rev.
    """
    page = (
        select(*_MESSAGE)
        .select_from(_messages)
        .where(messages.c.room_id == rooms.c.id, messages.c.rev > rev)
        .order_by(messages.c.rev)
        .limit(limit)
        .lateral("page")
    )
    statement = (
        select(rooms.c.last_rev, *page.c)
        .select_from(rooms.outerjoin(page, true()))
        .where(rooms.c.id == room_id)
        .order_by(page.c.rev)
    )
    rows = (await conn.execute(statement)).all()
    found = [_message(row) for row in rows if row.seq is not None]
    if len(found) == limit:
        return found[-1].rev, found
    return (rows[0].last_rev if rows else 0), found


async def message(conn: AsyncConnection, room_id: int, seq: int) -> Message | None:
    """A message in its present state."""
    row = (await conn.execute(_messages_of(room_id).where(messages.c.seq == seq))).one_or_none()
    return _message(row) if row is not None else None


async def room_state(conn: AsyncConnection, room_id: int, user_id: int) -> tuple[RoomState, uuid.UUID] | None:
    """A room as its member finds it, and the epoch; None for outsiders."""
    statement = _rooms_of(user_id).add_columns(instance.c.epoch).join(instance, true()).where(rooms.c.id == room_id)
    row = (await conn.execute(statement)).one_or_none()
    return (as_room_state(row), row.epoch) if row is not None else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages by rising seq, and how far the database that they were read from had come."""

    epoch: uuid.UUID | None  # None for a room that is not there
    last_rev: int
    messages: list[Message]


async def stretch(
    conn: AsyncConnection, room_id: int, *, before: int | None, after: int | None, around: int | None, limit: int
) -> Stretch:
    """At most `limit` messages before, after or around a seq, whichever is given; else the newest.

    One statement, so one snapshot: no message is older than `last_rev` tells.
    """
    if after is not None:
        page: Select[Any] | CompoundSelect[Any] = _following(room_id, after, limit)
    elif around is not None:
        page = union_all(_preceding(room_id, around, limit // 2), _following(room_id, around - 1, limit - limit // 2))
    else:
        page = _preceding(room_id, before, limit)
    found = page.subquery("found")
    statement = (
        select(instance.c.epoch, rooms.c.last_rev, *found.c)
        .select_from(rooms.join(instance, true()).outerjoin(found, true()))
        .where(rooms.c.id == room_id)
        .order_by(found.c.seq)
    )
    rows = (await conn.execute(statement)).all()
    if not rows:
        return Stretch(None, 0, [])
    return Stretch(rows[0].epoch, rows[0].last_rev, [_message(row) for row in rows if row.seq is not None])


def _preceding(room_id: int, seq: int | None, limit: int) -> Select[Any]:
    """The newest messages below `seq`, or of all."""
    statement = _messages_of(room_id).order_by(messages.c.seq.desc()).limit(limit)
    return statement if seq is None else statement.where(messages.c.seq < seq)


def _following(room_id: int, seq: int, limit: int) -> Select[Any]:
    """The oldest messages above `seq`."""
    return _messages_of(room_id).where(messages.c.seq > seq).order_by(messages.c.seq).limit(limit)


def _messages_of(room_id: int) -> Select[Any]:
    return select(*_MESSAGE).select_from(_messages).where(messages.c.room_id == room_id)


async def mark_read(conn: AsyncConnection, room_id: int, user_id: int, seq: int) -> int | None:
    """Raise how far a member has read, never past the room's end; the new seq, or None when nothing rose."""
    last_seq = select(rooms.c.last_seq).where(rooms.c.id == room_id).scalar_subquery()
    statement = (
        update(memberships)
        .where(memberships.c.room_id == room_id, memberships.c.user_id == user_id)
        .where(memberships.c.read_seq < func.least(seq, last_seq))
        .values(read_seq=func.least(seq, last_seq))
        .returning(memberships.c.read_seq)
    )
    raised: int | None = (await conn.execute(statement)).scalar_one_or_none()
    return raised


async def mark_unread(conn: AsyncConnection, room_id: int, user_id: int, seq: int) -> int | None:
    """Let a member have read nothing from a message on; how far they have read, or None when it was unread already."""
    statement = (
        update(memberships)
        .where(memberships.c.room_id == room_id, memberships.c.user_id == user_id, memberships.c.read_seq >= seq)
        .values(read_seq=seq - 1)
        .returning(memberships.c.read_seq)
    )
    lowered: int | None = (await conn.execute(statement)).scalar_one_or_none()
    return lowered


async def first_since(conn: AsyncConnection, room_id: int, time: datetime) -> int:
    """The seq of the first message that is not older than a time; of the last one when all are, 1 in an empty room.

    Halves the room again and again: times rise with seq and no seq is missing, so that no index on times is needed.
    """
    end = select(cast(1, BigInteger).label("low"), rooms.c.last_seq.label("high")).where(rooms.c.id == room_id)
    span = end.cte("span", recursive=True)
    middle = (span.c.low + span.c.high) // 2
    is_older = messages.c.created_at < time
    low = case((is_older, func.least(messages.c.seq + 1, span.c.high)), else_=span.c.low)
    high = case((is_older, span.c.high), else_=messages.c.seq)
    halved = (
        select(low, high)
        .select_from(span.join(messages, and_(messages.c.room_id == room_id, messages.c.seq == middle)))
        .where(span.c.low < span.c.high)
    )
    found = await conn.execute(select(func.max(span.union_all(halved).c.low)))
    return int(found.scalar_one() or 1)
