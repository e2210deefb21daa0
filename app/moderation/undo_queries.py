"""Statements that find and take back what one account has made, one function each. They never commit."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.messages.parts.reactions import withdrawn
from app.db.schema import invitations, messages, reactions, rooms


async def living_messages(conn: AsyncConnection, author_id: int, limit: int) -> Sequence[tuple[int, int]]:
    """Room and seq of messages that are not deleted."""
    statement = (
        select(messages.c.room_id, messages.c.seq)
        .where(messages.c.author_id == author_id, messages.c.deleted_at.is_(None))
        .order_by(messages.c.room_id, messages.c.seq)
        .limit(limit)
    )
    return [(row.room_id, row.seq) for row in await conn.execute(statement)]


async def reacted(conn: AsyncConnection, user_id: int, limit: int) -> Sequence[tuple[int, int]]:
    """Room and seq of messages with reactions of theirs."""
    found = select(reactions.c.room_id, reactions.c.seq).where(reactions.c.user_id == user_id).distinct()
    return [(row.room_id, row.seq) for row in await conn.execute(found.limit(limit))]


async def take_reactions(conn: AsyncConnection, user_id: int, room_id: int, seq: int) -> int:
    """Take a person's reactions off a message, which gets the room's next rev; that is returned."""
    locked = select(rooms.c.last_rev).where(rooms.c.id == room_id).with_for_update(key_share=True)
    rev = int((await conn.execute(locked)).scalar_one()) + 1
    theirs = reactions.c.room_id == room_id, reactions.c.seq == seq, reactions.c.user_id == user_id
    columns = reactions.c.room_id, reactions.c.seq, reactions.c.emoji, reactions.c.user_id
    await conn.execute(withdrawn(literal(room_id), literal(seq), select(*columns).where(*theirs)))
    await conn.execute(delete(reactions).where(*theirs))
    the_message = messages.c.room_id == room_id, messages.c.seq == seq
    await conn.execute(update(messages).where(*the_message).values(rev=rev))
    await conn.execute(update(rooms).where(rooms.c.id == room_id).values(last_rev=rev))
    return rev


async def rooms_of_nobody_else(conn: AsyncConnection, creator_id: int) -> list[int]:
    """The rooms that somebody made, in which no message of anybody is left, and in which nobody new lands."""
    said = exists().where(messages.c.room_id == rooms.c.id, messages.c.deleted_at.is_(None))
    statement = select(rooms.c.id).where(rooms.c.creator_id == creator_id, ~rooms.c.for_everyone, ~said)
    return [*(await conn.execute(statement)).scalars()]


async def archive_rooms(conn: AsyncConnection, lists_rev: int, room_ids: Collection[int]) -> None:
    """Archive rooms, whatever they are, and free their names."""
    archived_at = func.coalesce(rooms.c.archived_at, func.clock_timestamp())
    these = update(rooms).where(rooms.c.id.in_(room_ids))
    await conn.execute(these.values(archived_at=archived_at, name_key=None, lists_rev=lists_rev))


async def revoke_invitations_of(conn: AsyncConnection, user_id: int) -> None:
    theirs = update(invitations).where(invitations.c.created_by == user_id, invitations.c.revoked_at.is_(None))
    await conn.execute(theirs.values(revoked_at=func.clock_timestamp()))
