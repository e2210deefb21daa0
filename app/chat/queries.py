"""Statements on messages, one function each, and how their rows are read. Nothing commits here.

The statement that appends messages has a file of its own, `append.py`; those on rooms and who is in them are in
`room_queries.py`.
"""

import uuid
from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.details import QUOTE, REACTIONS, quote_in, reactions_in
from app.chat.events import Author, Message, wire_time
from app.chat.markup import html_of
from app.db.connection import Connection
from app.db.prepared import Prepared
from app.db.schema import instance, mentions, messages, rooms, users

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
_messages = messages.join(_author, _author.c.id == messages.c.author_id)


_Row: Any = namedtuple("_Row", [column.name for column in _MESSAGE])  # type: ignore[misc]


def _message(row: Any) -> Message:
    """`row` has the columns of `_MESSAGE`."""
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


def _changes_after() -> Select[Any]:
    page = (
        select(*_MESSAGE)
        .select_from(_messages)
        .where(messages.c.room_id == rooms.c.id, messages.c.rev > bindparam("rev", type_=BigInteger))
        .order_by(messages.c.rev)
        .limit(bindparam("limit", type_=BigInteger))
        .lateral("page")
    )
    return (
        select(rooms.c.last_rev, *page.c)
        .select_from(rooms.outerjoin(page, true()))
        .where(rooms.c.id == bindparam("room_id", type_=BigInteger))
        .order_by(page.c.rev)
    )


# It runs for every message that another process wrote; to build it costs more than to run it.
_CHANGES_AFTER = _changes_after()
CHANGES_AFTER = Prepared(_CHANGES_AFTER)


async def changes_after(
    conn: AsyncConnection | Connection, room_id: int, rev: int, limit: int
) -> tuple[int, list[Message]]:
    """The next `limit` messages that changed after a rev, by rising rev, and the rev that they reach up to.

    One statement, so one snapshot: when fewer than `limit` come, they reach up to the room's newest rev. On the
    driver's connection it is prepared.
    """
    parameters = {"room_id": room_id, "rev": rev, "limit": limit}
    rows: Sequence[Any]
    if isinstance(conn, Connection):
        rows = await CHANGES_AFTER.run(conn, parameters)
    else:
        rows = (await conn.execute(_CHANGES_AFTER, parameters)).all()
    found = [_message(_Row(*columns)) for _, *columns in rows if columns[0] is not None]  # an empty page has one row
    if len(found) == limit:
        return found[-1].rev, found
    return (rows[0][0] if rows else 0), found


async def message(conn: AsyncConnection, room_id: int, seq: int) -> Message | None:
    """A message in its present state."""
    row = (await conn.execute(_messages_of(room_id).where(messages.c.seq == seq))).one_or_none()
    return _message(row) if row is not None else None


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
