"""Messages that are older than their room keeps them: found here, and deleted as people delete them. Nothing commits.

An age is counted in days of 24 hours from the moment in which a message was written, wherever it was: an import may
bring old ones.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import messages, rooms

MOST_COUNTED = 100_000


_DAY: sa.ColumnElement[Any] = sa.literal_column("interval '24 hours'")  # a plain day may have 23, where clocks change


def _living_older_than(days: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return messages.c.deleted_at.is_(None), messages.c.created_at <= sa.func.now() - _DAY * days


_of_room = sa.and_(messages.c.room_id == rooms.c.id, *_living_older_than(rooms.c.retention_days))
_LIMIT = sa.bindparam("most", type_=sa.BigInteger)
# With a limit for each room, so that the planner looks into the index of each.
_oldest = (
    sa.select(messages.c.author_id, messages.c.room_id, messages.c.seq)
    .where(_of_room)
    .order_by(messages.c.created_at)
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


async def expired(conn: AsyncConnection, most: int) -> list[tuple[int, int, int]]:
    """Author, room and seq of up to so many messages that are to go: room by room, the oldest first."""
    return [tuple(row) for row in await conn.execute(_EXPIRED, {"most": most})]


async def count_older(conn: AsyncConnection, room_id: int, days: int) -> int:
    """How many living messages of a room are older than so many days; at most `MOST_COUNTED`."""
    older = _living_older_than(sa.literal(days, sa.Integer))
    found: sa.Select[Any] = sa.select(messages.c.seq).where(messages.c.room_id == room_id, *older).limit(MOST_COUNTED)
    return int((await conn.execute(sa.select(sa.func.count()).select_from(found.subquery()))).scalar_one())
