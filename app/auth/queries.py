"""Statements on users, sessions and tries, one function each. They never commit."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    LargeBinary,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from app.db.schema import login_failures, sessions, users

AnyRow = Row[*tuple[Any, ...]]

PRUNED_AT_ONCE = 100
_USER = (users.c.id, users.c.login, users.c.display_name, users.c.role, users.c.hue, users.c.avatar_id)


async def lock(conn: AsyncConnection, *names: str) -> None:
    """Wait until no other transaction holds any of `names`; they are free again at its end."""
    await conn.execute(select(*(func.pg_advisory_xact_lock(func.hashtextextended(name, 0)) for name in names)))


async def create_user(conn: AsyncConnection, login: str, name: str, email: str | None, password_hash: str) -> AnyRow:
    """The user just made; the first of all is an admin, provided that the caller holds a lock."""
    role = case((~exists(select(users.c.id)), "admin"), else_="member")
    values = {
        "login": login,
        "display_name": name,
        "email": email,
        "password_hash": password_hash,
        "role": role,
    }
    return (await conn.execute(insert(users).values(values).returning(*_USER))).one()


async def credentials_of(conn: AsyncConnection, login_or_email: str) -> AnyRow | None:
    """The user with that login or e-mail, for logging in; a login has no @, so there is one at most."""
    columns = (*_USER, users.c.password_hash, users.c.disabled_at)
    match = or_(users.c.login == login_or_email, users.c.email == login_or_email)
    return (await conn.execute(select(*columns).where(match))).one_or_none()


async def password_hash_of(conn: AsyncConnection, user_id: int) -> str | None:
    """The stored password of an account that is not disabled."""
    statement = select(users.c.password_hash).where(users.c.id == user_id, users.c.disabled_at.is_(None))
    stored: str | None = (await conn.execute(statement)).scalar_one_or_none()
    return stored


async def replace_password(conn: AsyncConnection, user_id: int, old_hash: str, new_hash: str) -> bool:
    """Store a new password in place of the old one; False when that is no longer the one stored."""
    statement = update(users).where(users.c.id == user_id, users.c.password_hash == old_hash)
    return (await conn.execute(statement.values(password_hash=new_hash))).rowcount == 1


async def create_session(
    conn: AsyncConnection, token_hash: bytes, user_id: int, lifetime: timedelta, user_agent: str, address: str
) -> None:
    statement = insert(sessions).values(
        token_hash=token_hash,
        user_id=user_id,
        expires_at=func.clock_timestamp() + lifetime,
        user_agent=user_agent,
        address=address,
    )
    await conn.execute(statement)


async def sessions_of(
    conn: AsyncConnection, token_hashes: Collection[bytes], idle: timedelta, fresh: timedelta
) -> list[AnyRow]:
    """The living sessions with these tokens and their users; `stale` when last seen longer than `fresh` ago."""
    stale = (sessions.c.seen_at < func.clock_timestamp() - fresh).label("stale")
    hashes = bindparam("hashes", list(token_hashes), type_=ARRAY(LargeBinary))
    statement = (
        select(sessions.c.token_hash, sessions.c.id.label("session_id"), stale, *_USER)
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.token_hash == func.any(hashes), _living(idle))
    )
    return [*await conn.execute(statement)]


async def living_session_ids(conn: AsyncConnection, session_ids: Collection[int], idle: timedelta) -> set[int]:
    statement = (
        select(sessions.c.id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.id.in_(session_ids), _living(idle))
    )
    return set((await conn.execute(statement)).scalars())


async def mark_seen(conn: AsyncConnection, session_ids: Collection[int], fresh: timedelta) -> None:
    """Note that these sessions are in use, unless that was noted less than `fresh` ago."""
    now = func.clock_timestamp()
    statement = update(sessions).values(seen_at=now)
    await conn.execute(statement.where(sessions.c.id.in_(session_ids), sessions.c.seen_at < now - fresh))


async def end_session(conn: AsyncConnection, token_hash: bytes) -> int | None:
    """The session with that token, deleted."""
    statement = delete(sessions).where(sessions.c.token_hash == token_hash).returning(sessions.c.id)
    return (await conn.execute(statement)).scalar_one_or_none()


async def end_sessions(conn: AsyncConnection, user_id: int, but: int | None = None) -> list[int]:
    """All sessions of a user, or all but one, deleted."""
    statement = delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id.is_distinct_from(but))
    return list((await conn.execute(statement.returning(sessions.c.id))).scalars())


async def prune_sessions_of(conn: AsyncConnection, user_id: int, idle: timedelta) -> None:
    """Delete the sessions of a user that no longer live."""
    await conn.execute(delete(sessions).where(sessions.c.user_id == user_id, ~_unexpired(idle)))


async def tries(conn: AsyncConnection, column: Column[str], value: str, window: timedelta) -> tuple[int, float]:
    """How many tries there were in `window` with that value in that column of `login_failures`.

    And the seconds until the oldest of them leaves the window; 0 where there are none.
    """
    now = func.clock_timestamp()
    wait_s = func.extract("epoch", func.min(login_failures.c.created_at) + window - now)
    statement = select(func.count(), func.coalesce(wait_s, 0)).where(
        column == value, login_failures.c.created_at > now - window
    )
    count, seconds = (await conn.execute(statement)).one()
    return int(count), float(seconds)


async def record_try(conn: AsyncConnection, account: str, address: str) -> int:
    statement = insert(login_failures).values(account=account, address=address)
    return int((await conn.execute(statement.returning(login_failures.c.id))).scalar_one())


async def forget_try(conn: AsyncConnection, try_id: int) -> None:
    await conn.execute(delete(login_failures).where(login_failures.c.id == try_id))


async def forget_tries_of(conn: AsyncConnection, account: str) -> None:
    await conn.execute(delete(login_failures).where(login_failures.c.account == account))


async def prune_tries(conn: AsyncConnection, window: timedelta) -> None:
    """Delete some tries that are too old to count; `SKIP LOCKED`, so that two who prune never wait for each other."""
    old = login_failures.c.created_at <= func.clock_timestamp() - window
    some = select(login_failures.c.id).where(old).limit(PRUNED_AT_ONCE).with_for_update(skip_locked=True)
    await conn.execute(delete(login_failures).where(login_failures.c.id.in_(some)))


def _unexpired(idle: timedelta) -> ColumnElement[bool]:
    now = func.clock_timestamp()
    return and_(sessions.c.expires_at > now, sessions.c.seen_at > now - idle)


def _living(idle: timedelta) -> ColumnElement[bool]:
    return and_(_unexpired(idle), users.c.disabled_at.is_(None))
