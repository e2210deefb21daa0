"""Statements on whom people have blocked, one function each. They never commit."""

from collections.abc import Collection

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import blocks, rooms, users


async def add(conn: AsyncConnection, user_id: int, blocked_id: int) -> None:
    """Block somebody; harmless where they are blocked."""
    pair = {"user_id": user_id, "blocked_id": blocked_id}
    await conn.execute(upsert(blocks).values(pair).on_conflict_do_nothing())


async def remove(conn: AsyncConnection, user_id: int, blocked_id: int) -> None:
    """Block somebody no more."""
    await conn.execute(delete(blocks).where(blocks.c.user_id == user_id, blocks.c.blocked_id == blocked_id))


async def is_blocked(conn: AsyncConnection, user_id: int, blocked_id: int) -> bool:
    theirs = exists().where(blocks.c.user_id == user_id, blocks.c.blocked_id == blocked_id)
    return bool((await conn.execute(select(theirs))).scalar_one())


async def logins_blocked_by(conn: AsyncConnection, user_id: int) -> list[str]:
    """The logins of those whom somebody has blocked."""
    theirs = select(users.c.login).join(blocks, blocks.c.blocked_id == users.c.id).where(blocks.c.user_id == user_id)
    return [*(await conn.execute(theirs.order_by(users.c.login))).scalars()]


async def standing_between(conn: AsyncConnection, user_id: int, others: Collection[int]) -> tuple[str, bool] | None:
    """The login of one of the others who has blocked this person, or whom they have (True); None where nobody has."""
    theirs = and_(blocks.c.blocked_id == user_id, blocks.c.user_id.in_(others))
    own = and_(blocks.c.user_id == user_id, blocks.c.blocked_id.in_(others))
    other = func.nullif(blocks.c.user_id, user_id)
    statement = (
        select(users.c.login, blocks.c.user_id == user_id)
        .join(blocks, users.c.id == func.coalesce(other, blocks.c.blocked_id))
        .where(or_(theirs, own))
        .limit(1)
    )
    row = (await conn.execute(statement)).one_or_none()
    return (row[0], bool(row[1])) if row is not None else None


async def close_direct(conn: AsyncConnection, lists_rev: int, direct_key: str, *, closed: bool) -> int | None:
    """Close the conversation of two people, or open it again; its id, if they have one."""
    archived_at = func.clock_timestamp() if closed else None
    theirs = update(rooms).where(rooms.c.direct_key == direct_key).values(archived_at=archived_at, lists_rev=lists_rev)
    found: int | None = (await conn.execute(theirs.returning(rooms.c.id))).scalar_one_or_none()
    return found
