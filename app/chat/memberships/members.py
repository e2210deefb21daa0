"""Statements on memberships: who is in a room, since when, how far they have read. No other module writes them.

Nothing commits here. What adds or removes people belongs in a transaction of `numbering.raise_lists_rev`.
"""

from collections.abc import Collection

from sqlalchemy import (
    ARRAY,
    BigInteger,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.wire.events import Author
from app.chat.wire.preferences import Preference
from app.db.finding import begins
from app.db.schema import memberships, rooms, users

# Built once, with names for what is asked, and not anew for each request.
_ROOM, _USER, _SEQ = (bindparam(name, type_=BigInteger) for name in ("room", "user", "seq"))
_theirs = and_(memberships.c.room_id == _ROOM, memberships.c.user_id == _USER)
_IS_MEMBER = select(exists().where(_theirs))
_another = (
    select(memberships.c.room_id)
    .join(rooms, rooms.c.id == memberships.c.room_id)
    .where(memberships.c.user_id == _USER, rooms.c.id != _ROOM)
    .where(rooms.c.kind != "direct", rooms.c.archived_at.is_(None))
)
_IS_LAST_ROOM = select(and_(exists().where(_theirs), ~exists(_another)))

_last_seq = select(rooms.c.last_seq).where(rooms.c.id == _ROOM).scalar_subquery()
_MARK_READ = (
    update(memberships)
    .where(_theirs, memberships.c.read_seq < func.least(_SEQ, _last_seq))
    .values(read_seq=func.least(_SEQ, _last_seq))
    .returning(memberships.c.read_seq)
)
_MARK_UNREAD = (
    update(memberships)
    .where(_theirs, memberships.c.read_seq >= _SEQ)
    .values(read_seq=_SEQ - 1)
    .returning(memberships.c.read_seq)
)


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
    """The other members of a room whose login or a word of whose name begins so, by name; None for outsiders."""
    others = memberships.alias("others")
    page = (
        select(users.c.id, users.c.login, users.c.display_name, users.c.hue, users.c.avatar_id)
        .join_from(others, users, users.c.id == others.c.user_id)
        .where(others.c.room_id == memberships.c.room_id, users.c.id != user_id, users.c.disabled_at.is_(None))
        .where(begins(users.c.search_key, begin))
        .order_by(users.c.search_key, users.c.id)
        .limit(limit)
        .lateral("page")
    )
    mine = (memberships.c.room_id == room_id, memberships.c.user_id == user_id)
    rows = (await conn.execute(select(*page.c).select_from(memberships.outerjoin(page, true())).where(*mine))).all()
    return [Author(*row) for row in rows if row.id is not None] if rows else None


# Writing


async def add_members(
    conn: AsyncConnection, room_id: int, user_ids: Collection[int], since: int | None = None
) -> set[int]:
    """Make these people members of a room; returns those who were none before.

    All that was said before, or before `since`, counts as read by them.
    """
    read_seq = rooms.c.last_seq if since is None else func.least(rooms.c.last_seq, since - 1)
    ids = bindparam(None, [*user_ids], type_=ARRAY(BigInteger))
    theirs = select(rooms.c.id, users.c.id, read_seq).join_from(rooms, users, users.c.id == func.any(ids))
    statement = (
        upsert(memberships)
        .from_select(["room_id", "user_id", "read_seq"], theirs.where(rooms.c.id == room_id))
        .on_conflict_do_nothing()
        .returning(memberships.c.user_id)
    )
    return {*(await conn.execute(statement)).scalars()}


async def join_rooms_for_everyone(conn: AsyncConnection, user_id: int) -> None:
    """Make a new user a member of every room that is for everyone; all that was said before counts as read."""
    found = select(rooms.c.id, literal(user_id), rooms.c.last_seq).where(rooms.c.for_everyone)
    await conn.execute(insert(memberships).from_select(["room_id", "user_id", "read_seq"], found))


async def remove_member(conn: AsyncConnection, room_id: int, user_id: int) -> bool:
    """Take someone out of a room; False when they were not in it."""
    statement = delete(memberships).where(_theirs).returning(memberships.c.user_id)
    return (await conn.execute(statement, {"room": room_id, "user": user_id})).scalar_one_or_none() is not None


async def set_preference(conn: AsyncConnection, user_id: int, preference: Preference) -> bool:
    """Set something for a member of a room; False for outsiders."""
    values = {preference.name: preference.value}
    statement = update(memberships).where(_theirs).values(values).returning(memberships.c.user_id)
    found = await conn.execute(statement, {"room": preference.room, "user": user_id})
    return found.scalar_one_or_none() is not None


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
