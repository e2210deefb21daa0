"""Statements on whom and which rooms a question names, one function each. They only read."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.names import login_key
from app.base.folding import folded
from app.db.finding import begins
from app.db.schema import memberships, messages, rooms, search, search_segments, users

MOST_PEOPLE = 20  # whom one name may mean
MOST_DIRECTS = 300


class NamedRoom(NamedTuple):
    """A room of somebody's, by its name as it is compared."""

    id: int
    folded_name: str


async def people_called(conn: AsyncConnection, typed: str) -> list[int]:
    """Who has this login; else this name; else a name or login of which words begin so, at most `MOST_PEOPLE`."""
    key = folded(typed)
    is_name = sa.or_(users.c.search_key == f" {key}", users.c.search_key.startswith(f" {key}\n", autoescape=True))
    for condition in (users.c.login == login_key(typed), is_name, begins(users.c.search_key, typed)):
        found = await conn.execute(sa.select(users.c.id).where(condition).order_by(users.c.id).limit(MOST_PEOPLE))
        if key and (ids := [*found.scalars()]):
            return ids
    return []


async def busiest_rooms_of(conn: AsyncConnection, user_id: int, most: int) -> list[int]:
    """The ids of a person's rooms with the most messages."""
    statement = (
        sa.select(memberships.c.room_id)
        .join(rooms, rooms.c.id == memberships.c.room_id)
        .where(memberships.c.user_id == user_id)
        .order_by(rooms.c.last_seq.desc(), rooms.c.id)
        .limit(most)
    )
    return [*(await conn.execute(statement)).scalars()]


async def named_rooms_of(conn: AsyncConnection, user_id: int) -> list[NamedRoom]:
    """The rooms of a person that have a name, archived ones, too."""
    statement = (
        sa.select(rooms.c.id, rooms.c.name)
        .join(memberships, memberships.c.room_id == rooms.c.id)
        .where(memberships.c.user_id == user_id, rooms.c.kind != "direct")
    )
    return [NamedRoom(row.id, folded(row.name)) for row in await conn.execute(statement)]


async def directs_of(conn: AsyncConnection, user_id: int, others: Collection[int] | None = None) -> list[int]:
    """The direct rooms of a person, or of these only those with one other alone; at most `MOST_DIRECTS`."""
    statement = (
        sa.select(rooms.c.id)
        .join(memberships, memberships.c.room_id == rooms.c.id)
        .where(memberships.c.user_id == user_id, rooms.c.kind == "direct")
        .order_by(rooms.c.id.desc())
        .limit(MOST_DIRECTS)
    )
    if others is not None:
        keys = ["-".join(map(str, sorted({user_id, other}))) for other in others]
        statement = statement.where(rooms.c.direct_key.in_(keys))
    return [*(await conn.execute(statement)).scalars()]


async def number_at(conn: AsyncConnection, room_ids: Collection[int], time: datetime) -> int | None:
    """A number of the index above those of all messages before a time; None where nothing newer is in these rooms.

    Halves each room again and again, as `chat.messages.queries.first_since` does. Of the messages from that time on,
    the lowest number of any room is such a one.
    """
    span = (
        sa.select(rooms.c.id, sa.cast(1, sa.BigInteger).label("low"), (rooms.c.last_seq + 1).label("high"))
        .where(rooms.c.id == sa.func.any(sa.bindparam("rooms", [*room_ids], type_=sa.ARRAY(sa.BigInteger))))
        .cte("span", recursive=True)
    )
    middle = (span.c.low + span.c.high) // 2
    its_middle = sa.and_(messages.c.room_id == span.c.id, messages.c.seq == middle)
    is_older = messages.c.created_at < time
    low, high = sa.case((is_older, middle + 1), else_=span.c.low), sa.case((is_older, span.c.high), else_=middle)
    halved = sa.select(span.c.id, low, high).select_from(span.join(messages, its_middle))
    span = span.union_all(halved.where(span.c.low < span.c.high))
    first = (
        sa.select(search.c.number)
        .where(search.c.room_id == span.c.id, search.c.seq >= span.c.low)
        .order_by(search.c.seq)
        .limit(sa.literal_column("1"))
        .lateral("first")
    )
    found = (
        sa.select(sa.func.min(first.c.number)).select_from(span.join(first, sa.true())).where(span.c.low == span.c.high)
    )
    number: int | None = (await conn.execute(found)).scalar_one()
    return number


async def began(conn: AsyncConnection, segment: int) -> datetime | None:
    """The time of the oldest message of a segment, or of the nearest later one that has any."""
    statement = sa.select(sa.func.min(search_segments.c.began)).where(search_segments.c.segment >= segment)
    found: datetime | None = (await conn.execute(statement)).scalar_one()
    return found
