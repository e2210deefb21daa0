"""Statements on rooms, memberships and messages, one function each, and how their rows are read. Nothing commits here.

The statement that appends messages has a file of its own, `append.py`.
"""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, Select, bindparam, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.events import Author, Message, RoomState, wire_time
from app.db.schema import instance, memberships, messages, rooms, users

_author = users.alias("author")
_MESSAGE = (
    messages.c.room_id,
    messages.c.seq,
    messages.c.rev,
    messages.c.created_at,
    messages.c.body,
    messages.c.reply_to,
    messages.c.author_id,
    _author.c.login,
    _author.c.display_name,
)
_messages = messages.join(_author, _author.c.id == messages.c.author_id)


def _message(row: Row[Any]) -> Message:
    return Message(
        room=row.room_id,
        seq=row.seq,
        rev=row.rev,
        author=Author(row.author_id, row.login, row.display_name),
        time=wire_time(row.created_at),
        text=row.body,
        reply_to=row.reply_to,
    )


async def epoch(conn: AsyncConnection) -> uuid.UUID:
    """The name of this database's history; a restored backup gets another."""
    found: uuid.UUID = (await conn.execute(select(instance.c.epoch))).scalar_one()
    return found


async def rooms_of(conn: AsyncConnection, user_id: int) -> list[RoomState]:
    """The rooms that a person is a member of, as they find them."""
    statement = (
        select(
            rooms.c.id,
            rooms.c.kind,
            rooms.c.name,
            rooms.c.topic,
            rooms.c.last_seq,
            rooms.c.last_rev,
            memberships.c.read_seq,
        )
        .join(memberships, memberships.c.room_id == rooms.c.id)
        .where(memberships.c.user_id == user_id)
        .order_by(rooms.c.id)
    )
    return [RoomState(*row) for row in await conn.execute(statement)]


async def heads(conn: AsyncConnection, room_ids: Collection[int]) -> dict[int, int]:
    """The newest rev of each of these rooms."""
    ids = bindparam("ids", list(room_ids), type_=ARRAY(BigInteger))
    return {
        row.id: row.last_rev
        for row in await conn.execute(select(rooms.c.id, rooms.c.last_rev).where(rooms.c.id == func.any(ids)))
    }


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


async def messages_before(conn: AsyncConnection, room_id: int, seq: int | None, limit: int) -> list[Message]:
    """The newest `limit` messages below `seq` (or of all), by rising seq."""
    statement = _messages_of(room_id).order_by(messages.c.seq.desc()).limit(limit)
    if seq is not None:
        statement = statement.where(messages.c.seq < seq)
    return [_message(row) for row in await conn.execute(statement)][::-1]


async def messages_after(conn: AsyncConnection, room_id: int, seq: int, limit: int) -> list[Message]:
    """The oldest `limit` messages above `seq`, by rising seq."""
    statement = _messages_of(room_id).where(messages.c.seq > seq).order_by(messages.c.seq).limit(limit)
    return [_message(row) for row in await conn.execute(statement)]


async def room_state(conn: AsyncConnection, room_id: int, user_id: int) -> RoomState | None:
    """A room as its member finds it; None for outsiders."""
    return next((room for room in await rooms_of(conn, user_id) if room.id == room_id), None)


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
