"""Statements on `lists_rev`, which numbers the changes of people's lists of rooms. Nothing commits here.

`following.py` says what the numbers are for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.memberships.room_queries import ROOM_COLUMNS, as_room_state
from app.chat.wire.events import RoomState
from app.chat.wire.preferences import FIRST
from app.db.schema import instance, memberships, rooms, users


@dataclass(frozen=True, slots=True)
class ChangedLists:
    """The rooms that look different in everyone's list, and the people who have others in theirs.

    `off` are those of them whose account is switched off.
    """

    lists_rev: int
    rooms: set[int]
    users: set[int]
    off: set[int]


def _changed_after() -> sa.Select[Any]:
    known = sa.bindparam("lists_rev", type_=sa.BigInteger)
    since = sa.select(
        sa.case((known > instance.c.lists_rev, -1), else_=sa.func.coalesce(known, instance.c.lists_rev))
    ).scalar_subquery()
    changed = sa.union_all(
        sa.select(rooms.c.id.label("room_id"), sa.null().label("user_id"), sa.false().label("off")).where(
            rooms.c.lists_rev > since
        ),
        sa.select(sa.null(), users.c.id, users.c.disabled_at.is_not(None)).where(users.c.lists_rev > since),
    ).subquery("changed")
    statement = sa.select(instance.c.lists_rev, changed.c.room_id, changed.c.user_id, changed.c.off)
    return statement.select_from(instance.outerjoin(changed, sa.true()))


_CHANGED_AFTER = _changed_after()  # built once: each socket that resumes asks it


async def changed_after(conn: AsyncConnection, lists_rev: int | None) -> ChangedLists:
    """What changed after `lists_rev`; nothing for None.

    Everything, where `lists_rev` is above the newest: a backup was restored.
    """
    rows = (await conn.execute(_CHANGED_AFTER, {"lists_rev": lists_rev})).all()
    return ChangedLists(
        rows[0].lists_rev,
        {row.room_id for row in rows if row.room_id is not None},
        {row.user_id for row in rows if row.user_id is not None},
        {row.user_id for row in rows if row.off},
    )


async def rooms_as_listed(conn: AsyncConnection, room_ids: Collection[int]) -> list[RoomState]:
    """Rooms as they are for everyone: nothing read, nothing set by anybody."""
    nothing = sa.cast(array([]), sa.ARRAY(sa.BigInteger))
    statement = sa.select(
        *ROOM_COLUMNS,
        sa.literal(0).label("read_seq"),
        *(nothing.label(name) for name in ("deleted", "own", "calls")),
        sa.literal(0).label("unlisted"),
        *(sa.literal(each.value).label(each.name) for each in FIRST),
    )
    return [as_room_state(row) for row in await conn.execute(statement.where(rooms.c.id == _any(room_ids)))]


async def raise_lists_rev(conn: AsyncConnection) -> int:
    """Take the next `lists_rev`: the first statement of every transaction that changes lists.

    It locks the one row of `instance`, so such transactions run one after the other: they commit in the order of their
    numbers, and what one of them reads about memberships stays true until its end. Authorise before this: whoever
    gets here holds up everybody else.
    """
    statement = sa.update(instance).values(lists_rev=instance.c.lists_rev + 1).returning(instance.c.lists_rev)
    return int((await conn.execute(statement)).scalar_one())


async def stamp_users(conn: AsyncConnection, lists_rev: int, user_ids: Collection[int]) -> None:
    """Note that the lists of these people changed."""
    await conn.execute(sa.update(users).where(users.c.id == _any(user_ids)).values(lists_rev=lists_rev))


async def stamp_directs_of(conn: AsyncConnection, lists_rev: int, user_id: int) -> None:
    """Note that a person looks different in their direct rooms."""
    theirs = sa.select(memberships.c.room_id).where(memberships.c.user_id == user_id)
    directs = sa.update(rooms).where(rooms.c.id.in_(theirs), rooms.c.kind == "direct")
    await conn.execute(directs.values(lists_rev=lists_rev))


def _any(ids: Collection[int]) -> sa.ColumnElement[int]:
    return sa.func.any(sa.bindparam(None, [*ids], type_=sa.ARRAY(sa.BigInteger)))
