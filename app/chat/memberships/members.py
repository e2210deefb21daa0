"""Statements on memberships: who is in a room, since when, how far they have read. No other module writes them.

Nothing commits here. What adds or removes people belongs in a transaction of `numbering.raise_lists_rev`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.wire.events import Author
from app.chat.wire.preferences import Preference
from app.db.driver.prepared import Prepared
from app.db.finding import begins, order
from app.db.schema import memberships, messages, rooms, users

# Built once, with names for what is asked, and not anew for each request.
_ROOM, _USER, _SEQ = (sa.bindparam(name, type_=sa.BigInteger) for name in ("room", "user", "seq"))
_theirs = sa.and_(memberships.c.room_id == _ROOM, memberships.c.user_id == _USER)
_IS_MEMBER = sa.select(sa.exists().where(_theirs))
_another = (
    sa.select(memberships.c.room_id)
    .join(rooms, rooms.c.id == memberships.c.room_id)
    .where(memberships.c.user_id == _USER, rooms.c.id != _ROOM)
    .where(rooms.c.kind != "direct", rooms.c.archived_at.is_(None))
)
_IS_LAST_ROOM = sa.select(sa.and_(sa.exists().where(_theirs), ~sa.exists(_another)))

_last_seq = sa.select(rooms.c.last_seq).where(rooms.c.id == _ROOM).scalar_subquery()
_MARK_READ = (
    sa.update(memberships)
    .where(_theirs, memberships.c.read_seq < sa.func.least(_SEQ, _last_seq))
    .values(read_seq=sa.func.least(_SEQ, _last_seq))
    .returning(memberships.c.read_seq)
)
_MARK_UNREAD = (
    sa.update(memberships)
    .where(_theirs, memberships.c.read_seq >= _SEQ)
    .values(read_seq=_SEQ - 1)
    .returning(memberships.c.read_seq)
)

# With the condition of the partial index, which NULL compared to a number would not be.
_SURFACING = (
    memberships.c.hidden_seq.is_not(None),
    memberships.c.room_id == rooms.c.id,
    memberships.c.hidden_seq < rooms.c.last_seq,
)
# Whether a hidden room has a message that brings it back; each process asks it all the time.
HAS_SURFACING = Prepared(sa.select(sa.exists().where(*_SURFACING)))


class Seat(NamedTuple):
    """What somebody has in a room."""

    room_id: int
    user_id: int
    joined_at: datetime
    level: str
    read_seq: int
    hidden_seq: int | None
    notify_all: bool


# Reading


async def is_member(conn: AsyncConnection, room_id: int, user_id: int) -> bool:
    """Whether someone is in a room; False where there is no such room."""
    return bool((await conn.execute(_IS_MEMBER, {"room": room_id, "user": user_id})).scalar_one())


async def is_last_room(conn: AsyncConnection, room_id: int, user_id: int) -> bool:
    """Whether someone is in this room, and in no other living one that is not direct."""
    return bool((await conn.execute(_IS_LAST_ROOM, {"room": room_id, "user": user_id})).scalar_one())


async def members_like(
    conn: AsyncConnection, room_id: int, user_id: int, begin: str, limit: int
) -> list[Author] | None:
    """The other members of a room who are called so, then those of whom a word begins so; None for outsiders."""
    others = memberships.alias("others")
    page = (
        sa.select(users.c.id, users.c.login, users.c.display_name, users.c.hue, users.c.avatar_id, users.c.namesake)
        .add_columns((users.c.role == "admin").label("admin"))
        .join_from(others, users, users.c.id == others.c.user_id)
        .where(others.c.room_id == memberships.c.room_id, users.c.id != user_id, users.c.disabled_at.is_(None))
        .where(begins(users.c.search_key, begin))
        .order_by(order(users.c.search_key, begin), users.c.sort_key, users.c.id)
        .limit(limit)
        .lateral("page")
    )
    mine = (memberships.c.room_id == room_id, memberships.c.user_id == user_id)
    theirs = sa.select(*page.c).select_from(memberships.outerjoin(page, sa.true())).where(*mine)
    rows = (await conn.execute(theirs)).all()
    return [Author(*row) for row in rows if row.id is not None] if rows else None


# Writing


async def add_members(
    conn: AsyncConnection, room_id: int, user_ids: Collection[int], since: int | None = None
) -> set[int]:
    """Make these people members of a room; returns those who were none before.

    All that was said before, or before `since`, counts as read by them.
    """
    read_seq = rooms.c.last_seq if since is None else sa.func.least(rooms.c.last_seq, since - 1)
    ids = sa.bindparam(None, [*user_ids], type_=sa.ARRAY(sa.BigInteger))
    theirs = sa.select(rooms.c.id, users.c.id, read_seq).join_from(rooms, users, users.c.id == sa.func.any(ids))
    statement = (
        upsert(memberships)
        .from_select(["room_id", "user_id", "read_seq"], theirs.where(rooms.c.id == room_id))
        .on_conflict_do_nothing()
        .returning(memberships.c.user_id)
    )
    return {*(await conn.execute(statement)).scalars()}


async def add_to_rooms(conn: AsyncConnection, pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Make people members of rooms, a room and a person a pair; returns who is in one now and was not before.

    All that was said before counts as read by them.
    """
    wanted = _given({"room_id": sa.BigInteger, "user_id": sa.BigInteger}, pairs)
    theirs = sa.select(rooms.c.id, users.c.id, rooms.c.last_seq).select_from(wanted)
    theirs = theirs.join(rooms, rooms.c.id == wanted.c.room_id).join(users, users.c.id == wanted.c.user_id)
    statement = upsert(memberships).from_select(["room_id", "user_id", "read_seq"], theirs).on_conflict_do_nothing()
    return {*(await conn.execute(statement.returning(memberships.c.user_id))).scalars()}


async def restore(conn: AsyncConnection, seats: Sequence[Seat]) -> None:
    """Put members where they were in another chat. Nothing for those for whom that was done."""
    given = _given({name: memberships.c[name].type for name in Seat._fields}, seats)
    theirs = memberships.c.room_id == given.c.room_id, memberships.c.user_id == given.c.user_id
    is_new = memberships.c.joined_at != given.c.joined_at
    values = {name: given.c[name] for name in Seat._fields[2:]}
    await conn.execute(sa.update(memberships).where(*theirs, is_new).values(values))


def _given(columns: Mapping[str, Any], rows: Sequence[Sequence[object]]) -> sa.TableValuedAlias:
    """Rows as a table for a statement, an array a column."""
    arrays = [
        sa.cast(sa.bindparam(None, [row[n] for row in rows], type_=sa.ARRAY(kind)), sa.ARRAY(kind))
        for n, kind in enumerate(columns.values())
    ]
    names = [sa.column(name, kind) for name, kind in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*names, name="given").render_derived()


async def join_rooms_for_everyone(conn: AsyncConnection, *user_ids: int) -> None:
    """Make new users members of every room that is for everyone; all that was said before counts as read."""
    ids = sa.bindparam(None, [*user_ids], type_=sa.ARRAY(sa.BigInteger))
    found = sa.select(rooms.c.id, sa.func.unnest(ids), rooms.c.last_seq).where(rooms.c.for_everyone)
    await conn.execute(sa.insert(memberships).from_select(["room_id", "user_id", "read_seq"], found))


async def remove_member(conn: AsyncConnection, room_id: int, user_id: int) -> bool:
    """Take someone out of a room; False when they were not in it."""
    statement = sa.delete(memberships).where(_theirs).returning(memberships.c.user_id)
    return (await conn.execute(statement, {"room": room_id, "user": user_id})).scalar_one_or_none() is not None


async def hide(conn: AsyncConnection, room_id: int, user_ids: Collection[int]) -> None:
    """Take a room out of its members' lists until its next message."""
    theirs = sa.update(memberships).where(memberships.c.room_id == room_id, memberships.c.user_id.in_(user_ids))
    await conn.execute(theirs.where(rooms.c.id == memberships.c.room_id).values(hidden_seq=rooms.c.last_seq))


async def hide_silent_directs_of(conn: AsyncConnection, user_id: int) -> set[int]:
    """Take the direct rooms of somebody in which no message is left out of the others' lists; returns who they are."""
    mine = memberships.alias("mine")
    said = sa.exists().where(messages.c.room_id == rooms.c.id, messages.c.deleted_at.is_(None))
    silent = (
        sa.update(memberships)
        .where(mine.c.user_id == user_id, mine.c.room_id == rooms.c.id, rooms.c.kind == "direct", ~said)
        .where(memberships.c.room_id == rooms.c.id, memberships.c.user_id != user_id)
        .values(hidden_seq=rooms.c.last_seq)
    )
    return {*(await conn.execute(silent.returning(memberships.c.user_id))).scalars()}


async def show(conn: AsyncConnection, room_id: int, user_id: int) -> bool:
    """Put a room into a member's list again; False where it is there."""
    hidden = sa.update(memberships).where(_theirs, memberships.c.hidden_seq.is_not(None)).values(hidden_seq=None)
    found = await conn.execute(hidden.returning(memberships.c.user_id), {"room": room_id, "user": user_id})
    return found.scalar_one_or_none() is not None


async def is_hidden(conn: AsyncConnection, room_id: int, user_id: int) -> bool:
    """Whether a room is out of a member's list."""
    statement = sa.select(sa.exists().where(_theirs, memberships.c.hidden_seq.is_not(None)))
    return bool((await conn.execute(statement, {"room": room_id, "user": user_id})).scalar_one())


async def surface(conn: AsyncConnection) -> set[int]:
    """Put hidden rooms with a new message into their members' lists again; returns who these are."""
    statement = sa.update(memberships).where(*_SURFACING).values(hidden_seq=None).returning(memberships.c.user_id)
    return {*(await conn.execute(statement)).scalars()}


async def remove_all(conn: AsyncConnection, room_ids: Collection[int]) -> set[int]:
    """Take everybody out of rooms who is in another living one that is not direct; returns who left."""
    other, place = memberships.alias("other"), rooms.alias("place")
    another = (
        sa.select(other.c.room_id)
        .join(place, place.c.id == other.c.room_id)
        .where(other.c.user_id == memberships.c.user_id, other.c.room_id.not_in(room_ids))
        .where(place.c.kind != "direct", place.c.archived_at.is_(None))
    )
    leaving = sa.delete(memberships).where(memberships.c.room_id.in_(room_ids), sa.exists(another))
    return {*(await conn.execute(leaving.returning(memberships.c.user_id))).scalars()}


def directs_of(user_id: int) -> sa.Select[*tuple[int]]:
    """The ids of the direct rooms of somebody."""
    theirs = sa.select(memberships.c.room_id).join(rooms, rooms.c.id == memberships.c.room_id)
    return theirs.where(memberships.c.user_id == user_id, rooms.c.kind == "direct")


async def leave_all(conn: AsyncConnection, user_id: int) -> None:
    """Take somebody out of all rooms but the direct ones, which are called after those in them."""
    theirs = memberships.c.user_id == user_id, memberships.c.room_id.not_in(directs_of(user_id))
    await conn.execute(sa.delete(memberships).where(*theirs))


async def set_preference(conn: AsyncConnection, user_id: int, preference: Preference) -> bool:
    """Set something for a member of a room; False for outsiders."""
    values = {preference.name: preference.value}
    statement = sa.update(memberships).where(_theirs).values(values).returning(memberships.c.user_id)
    found = await conn.execute(statement, {"room": preference.room, "user": user_id})
    return found.scalar_one_or_none() is not None


async def notify_all(conn: AsyncConnection, user_id: int, room_ids: Collection[int]) -> None:
    """Let every message of these rooms be a notice for somebody, and of no other."""
    wanted = memberships.c.room_id.in_(room_ids)
    theirs = sa.update(memberships).where(memberships.c.user_id == user_id, memberships.c.notify_all != wanted)
    await conn.execute(theirs.values(notify_all=wanted))


async def mark_read(conn: AsyncConnection, room_id: int, user_id: int, seq: int) -> int | None:
    """Raise how far a member has read, never past the room's end; the new seq, or None when nothing rose."""
    raised: int | None = (
        await conn.execute(_MARK_READ, {"room": room_id, "user": user_id, "seq": seq})
    ).scalar_one_or_none()
    return raised


async def mark_unread(conn: AsyncConnection, room_id: int, user_id: int, seq: int) -> int | None:
    """Let a member have read nothing from a message on; how far they have read, or None when it was unread already."""
    lowered: int | None = (
        await conn.execute(_MARK_UNREAD, {"room": room_id, "user": user_id, "seq": seq})
    ).scalar_one_or_none()
    return lowered
