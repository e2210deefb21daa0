"""Statements on identities, one function each. They never commit."""

from typing import Any

from sqlalchemy import Row, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.queries import USER_COLUMNS
from app.base.skeleton import skeleton
from app.db.schema import identities, users
from app.providers.claims import Person

AnyRow = Row[*tuple[Any, ...]]

_COLUMNS = (*USER_COLUMNS, users.c.password_hash, users.c.disabled_at)


async def user_with(conn: AsyncConnection, person: Person) -> AnyRow | None:
    """The user whose identity this is."""
    is_theirs = (identities.c.issuer == person.issuer, identities.c.subject == person.subject)
    statement = select(*_COLUMNS).join(identities, identities.c.user_id == users.c.id).where(*is_theirs)
    return (await conn.execute(statement)).one_or_none()


async def user_with_email(conn: AsyncConnection, email: str) -> AnyRow | None:
    """The user who has shown that this address is theirs."""
    statement = select(*_COLUMNS).where(users.c.email == email, users.c.email_verified_at.is_not(None))
    return (await conn.execute(statement)).one_or_none()


async def add_identity(conn: AsyncConnection, user_id: int, person: Person) -> bool:
    """False where it is somebody's already, or the user has another one of this provider."""
    values = {"issuer": person.issuer, "subject": person.subject, "user_id": user_id}
    return (await conn.execute(insert(identities).values(values).on_conflict_do_nothing())).rowcount == 1


async def remove_identity(conn: AsyncConnection, user_id: int, issuer: str) -> bool:
    """False where there is none."""
    statement = delete(identities).where(identities.c.user_id == user_id, identities.c.issuer == issuer)
    return (await conn.execute(statement)).rowcount == 1


async def identity_of(conn: AsyncConnection, user_id: int, issuer: str) -> AnyRow | None:
    """Since when a user has been connected with a provider."""
    is_theirs = (identities.c.user_id == user_id, identities.c.issuer == issuer)
    return (await conn.execute(select(identities.c.created_at).where(*is_theirs))).one_or_none()


async def is_free(conn: AsyncConnection, login: str) -> bool:
    """Whether nobody has this login, or one that looks like it."""
    taken = exists().where(or_(users.c.login == login, users.c.skeleton == skeleton(login)))
    return not (await conn.execute(select(taken))).scalar_one()
