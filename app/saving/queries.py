"""Statements on what is saved, one function each. They never commit."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import memberships, rooms, users
from app.transfer.lines import Member, Person


async def is_admin(conn: AsyncConnection, user_id: int) -> bool:
    """Whether somebody is an admin now."""
    found = await conn.execute(sa.select(users.c.role == "admin").where(users.c.id == user_id))
    return bool(found.scalar_one_or_none())


async def is_for_members(conn: AsyncConnection, room_id: int) -> bool:
    """Whether all members of a room may save it."""
    found = await conn.execute(sa.select(rooms.c.members_save).where(rooms.c.id == room_id))
    return bool(found.scalar_one_or_none())


async def set_for_members(conn: AsyncConnection, room_id: int, *, is_on: bool) -> bool:
    """Let all members of a room save it, or no longer; whether that is a change."""
    statement = sa.update(rooms).where(rooms.c.id == room_id, rooms.c.members_save != is_on).values(members_save=is_on)
    return (await conn.execute(statement)).rowcount > 0


async def facts_of(conn: AsyncConnection, room_id: int) -> sa.Row[*tuple[Any, ...]]:
    """What a line of an export has of a room beside its number and its members."""
    columns = (rooms.c.kind, rooms.c.name, rooms.c.topic, rooms.c.for_everyone, rooms.c.created_at, rooms.c.archived_at)
    more = rooms.c.creator_id, rooms.c.retention_days, rooms.c.members_save
    return (await conn.execute(sa.select(*columns, *more).where(rooms.c.id == room_id))).one()


async def people_of(conn: AsyncConnection, user_ids: Collection[int]) -> dict[int, Person]:
    """These people as anybody sees them who is logged in: without address, and all as members."""
    wanted = sa.bindparam(None, [*user_ids], type_=ARRAY(sa.BigInteger))
    columns = (users.c.id, users.c.login, users.c.display_name, users.c.created_at, users.c.disabled_at, users.c.hue)
    found = await conn.execute(
        sa.select(*columns, users.c.deleted_at).where(users.c.id == sa.func.any(wanted)).order_by(users.c.id)
    )
    return {
        row.id: Person(
            *(row.login, row.display_name, "member"),
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            deleted_at=row.deleted_at,
            hue=row.hue,
        )
        for row in found
    }


async def seats_of(conn: AsyncConnection, room_id: int, read: int) -> dict[int, Member]:
    """Who is in a room and since when; what somebody has set there is nobody else's, and all counts as read."""
    statement = (
        sa.select(memberships.c.user_id, users.c.login, memberships.c.joined_at)
        .join(users, users.c.id == memberships.c.user_id)
        .where(memberships.c.room_id == room_id)
        .order_by(memberships.c.user_id)
    )
    found = await conn.execute(statement)
    return {row.user_id: Member(row.login, row.joined_at, "all", read) for row in found}
