"""Statements on people, the chat settings and invitations, one function each. They never commit."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.invitations import is_living
from app.db.finding import within
from app.db.schema import instance, invitations, sessions, users

AnyRow = Row[*tuple[Any, ...]]

LIVING_INVITATIONS, MOST_ORIGINS = 100, 10
_PERSON = (
    users.c.id,
    users.c.login,
    users.c.display_name,
    users.c.role,
    users.c.hue,
    users.c.avatar_id,
    users.c.created_at,
    users.c.disabled_at,
)
_ORDER = (users.c.sort_key, users.c.id)


async def people(
    conn: AsyncConnection, wanted: str, after: int | None, limit: int, *, with_disabled: bool
) -> list[AnyRow]:
    """People by name, those whose name or login has `wanted` in it; the next `limit` after the person with that id."""
    statement = select(*_PERSON).where(users.c.deleted_at.is_(None)).order_by(*_ORDER).limit(limit)
    if wanted:
        statement = statement.where(within(users.c.search_key, wanted))
    if after is not None:
        place: Select[Any] = select(*_ORDER).where(users.c.id == after)
        statement = statement.where(tuple_(*_ORDER) > place.scalar_subquery())
    if not with_disabled:
        statement = statement.where(users.c.disabled_at.is_(None))
    return [*await conn.execute(statement)]


async def person(conn: AsyncConnection, login: str) -> AnyRow | None:
    """Who has this login; nobody for that of a former member."""
    found = select(*_PERSON).where(users.c.login == login, users.c.deleted_at.is_(None))
    return (await conn.execute(found)).one_or_none()


async def name_of(conn: AsyncConnection, user_id: int) -> str:
    return str((await conn.execute(select(users.c.display_name).where(users.c.id == user_id))).scalar_one())


async def update_person(conn: AsyncConnection, user_id: int, **values: object) -> None:
    """Set these columns of somebody, unless they have left for good meanwhile."""
    await conn.execute(update(users).where(users.c.id == user_id, users.c.deleted_at.is_(None)).values(values))


async def lock_avatar(conn: AsyncConnection, user_id: int) -> int | None:
    """The picture of a person, who gets no other one meanwhile."""
    statement = select(users.c.avatar_id).where(users.c.id == user_id).with_for_update()
    found: int | None = (await conn.execute(statement)).scalar_one()
    return found


async def is_avatar(conn: AsyncConnection, avatar_id: int) -> bool:
    return bool((await conn.execute(select(exists().where(users.c.avatar_id == avatar_id)))).scalar_one())


async def living_admin_ids(conn: AsyncConnection) -> set[int]:
    statement = select(users.c.id).where(users.c.role == "admin", users.c.disabled_at.is_(None))
    return set((await conn.execute(statement)).scalars())


async def update_chat_settings(conn: AsyncConnection, **values: object) -> None:
    """Change the settings of this chat; that ends the welcome."""
    welcomed = func.coalesce(instance.c.welcomed_at, func.clock_timestamp())
    await conn.execute(update(instance).values(values | {"welcomed_at": welcomed}))


async def origins_of_sessions(conn: AsyncConnection) -> list[str]:
    """The addresses by which people are logged in, those of most people first."""
    living = sessions.c.expires_at > func.clock_timestamp()
    statement = select(sessions.c.origin).where(living, sessions.c.origin != "").group_by(sessions.c.origin)
    most = func.count(sessions.c.user_id.distinct()).desc()
    return [*(await conn.execute(statement.order_by(most, sessions.c.origin).limit(MOST_ORIGINS))).scalars()]


async def create_invitation(
    conn: AsyncConnection,
    token_hash: bytes,
    created_by: int | None,
    lifetime: timedelta,
    max_uses: int | None,
    role: str = "member",
) -> int:
    values = {"token_hash": token_hash, "created_by": created_by, "role": role, "max_uses": max_uses}
    statement = insert(invitations).values(expires_at=func.clock_timestamp() + lifetime, **values)
    return int((await conn.execute(statement.returning(invitations.c.id))).scalar_one())


async def living_invitations(conn: AsyncConnection) -> list[AnyRow]:
    """Those that still let someone in, newest first, and who made them."""
    columns = (
        invitations.c.id,
        invitations.c.created_at,
        invitations.c.expires_at,
        invitations.c.max_uses,
        invitations.c.uses,
        invitations.c.role,
        users.c.display_name,
    )
    statement = select(*columns).outerjoin(users, users.c.id == invitations.c.created_by).where(is_living())
    return [*await conn.execute(statement.order_by(invitations.c.id.desc()).limit(LIVING_INVITATIONS))]


async def revoke_invitation(conn: AsyncConnection, invitation_id: int) -> bool:
    """End an invitation; False when it had ended already, or never was."""
    statement = update(invitations).where(invitations.c.id == invitation_id, invitations.c.revoked_at.is_(None))
    return (await conn.execute(statement.values(revoked_at=func.clock_timestamp()))).rowcount == 1
