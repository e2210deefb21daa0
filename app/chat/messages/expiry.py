"""Messages that are older than their room keeps them: found here, and deleted as people delete them. Nothing commits.

An age is counted in days of 24 hours from the moment in which a message was written, wherever it was: an import may
bring old ones. So all living messages of such a room are looked at, each time. An index by age would cost each post of
every room a sixth of what it costs PostgreSQL now. But a room remembers up to where all are deleted, and nobody looks
there again.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import messages, rooms

MOST_COUNTED = 100_000


_DAY: sa.ColumnElement[Any] = sa.literal_column("interval '24 hours'")  # a plain day may have 23, where clocks change


def _older_than(days: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return messages.c.created_at <= sa.func.now() - _DAY * days


_LIVING = sa.and_(messages.c.seq > rooms.c.gone_seq, messages.c.deleted_at.is_(None))
_OF_ROOM = messages.c.room_id == rooms.c.id
_LIMIT = sa.bindparam("most", type_=sa.BigInteger)
# With a limit for each room, so that the planner looks into the index of each.
_oldest = (
    sa.select(messages.c.author_id, messages.c.room_id, messages.c.seq)
    .where(_OF_ROOM, _LIVING, _older_than(rooms.c.retention_days))
    .order_by(messages.c.seq)
    .limit(_LIMIT)
    .lateral("oldest")
)
_EXPIRED = (
    sa.select(_oldest.c.author_id, _oldest.c.room_id, _oldest.c.seq)
    .select_from(rooms.join(_oldest, sa.true()))
    .where(rooms.c.retention_days.is_not(None))
    .order_by(rooms.c.id)
    .limit(_LIMIT)
)
_first_living = (
    sa.select(messages.c.seq).where(_OF_ROOM, _LIVING).order_by(messages.c.seq).limit(1).correlate(rooms)
).scalar_subquery()
# Not the room's `last_seq`: after a wait for a post it would count that one, which the statement does not see.
_last = sa.select(sa.func.max(messages.c.seq)).where(_OF_ROOM).correlate(rooms).scalar_subquery()
_gone = sa.func.coalesce(_first_living - 1, _last, 0)
_NOTE_GONE = sa.update(rooms).where(rooms.c.id == sa.bindparam("room"), rooms.c.gone_seq < _gone).values(gone_seq=_gone)


async def expired(conn: AsyncConnection, most: int) -> list[tuple[int, int, int]]:
    """Author, room and seq of up to so many messages that are to go: room by room, in their order."""
    return [tuple(row) for row in await conn.execute(_EXPIRED, {"most": most})]


async def note_gone(conn: AsyncConnection, room_id: int) -> None:
    """Let a room remember up to where all its messages are deleted."""
    await conn.execute(_NOTE_GONE, {"room": room_id})


async def count_older(conn: AsyncConnection, room_id: int, days: int) -> int:
    """How many living messages of a room are older than so many days; at most `MOST_COUNTED`."""
    of_room = sa.select(messages.c.seq).join_from(rooms, messages, _OF_ROOM).where(rooms.c.id == room_id, _LIVING)
    older = of_room.where(_older_than(sa.literal(days, sa.Integer))).limit(MOST_COUNTED)
    return int((await conn.execute(sa.select(sa.func.count()).select_from(older.subquery()))).scalar_one())
