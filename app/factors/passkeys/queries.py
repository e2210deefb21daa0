"""Statements on passkeys and their challenges, one function each. They never commit."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.queries import PRUNED_AT_ONCE, USER_COLUMNS
from app.db.schema import instance, passkey_challenges, passkeys, sessions, totp, users

AnyRow = Row[*tuple[Any, ...]]


async def passkeys_of(conn: AsyncConnection, user_id: int) -> list[AnyRow]:
    """The passkeys of a person, the oldest first."""
    names = (passkeys.c.id, passkeys.c.name, passkeys.c.host, passkeys.c.created_at, passkeys.c.used_at)
    statement = select(*names, passkeys.c.credential_id, passkeys.c.user_handle)
    return [*await conn.execute(statement.where(passkeys.c.user_id == user_id).order_by(passkeys.c.id))]


async def passkey(conn: AsyncConnection, credential_id: bytes, host: str) -> AnyRow | None:
    """A passkey that is good at a host, and whose it is."""
    columns = (passkeys.c.id.label("passkey_id"), passkeys.c.public_key, passkeys.c.user_handle, users.c.disabled_at)
    statement = select(*columns, *USER_COLUMNS).join(users, users.c.id == passkeys.c.user_id)
    found = passkeys.c.credential_id == credential_id, passkeys.c.host == host
    return (await conn.execute(statement.where(*found))).one_or_none()


async def add_passkey(conn: AsyncConnection, user_id: int, **values: object) -> None:
    await conn.execute(insert(passkeys).values(user_id=user_id, **values))


async def name_passkey(conn: AsyncConnection, user_id: int, passkey_id: int, name: str) -> bool:
    """False where the person has no such passkey."""
    statement = update(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
    return (await conn.execute(statement.values(name=name))).rowcount == 1


async def count_up(conn: AsyncConnection, passkey_id: int, sign_count: int) -> bool:
    """Note that a passkey was used; False where it is gone, or its count did not rise though it counts.

    Until the transaction ends nobody else uses or removes it.
    """
    counted = passkeys.c.sign_count
    rose = counted < sign_count if sign_count else counted == 0
    values = {"sign_count": sign_count, "used_at": func.clock_timestamp()}
    return (await conn.execute(update(passkeys).where(passkeys.c.id == passkey_id, rose).values(values))).rowcount == 1


async def is_there(conn: AsyncConnection, passkey_id: int) -> bool:
    return (await conn.execute(select(passkeys.c.id).where(passkeys.c.id == passkey_id))).first() is not None


async def hold_passkey(conn: AsyncConnection, user_id: int, passkey_id: int) -> str | None:
    """The name of a passkey, which nobody uses until the transaction ends; None where the person has no such one."""
    statement = select(passkeys.c.name).where(passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
    name: str | None = (await conn.execute(statement.with_for_update())).scalar_one_or_none()
    return name


async def needs_passkey(conn: AsyncConnection, user_id: int) -> bool:
    """Whether a person has one passkey and no other second factor, in a chat that asks for one."""
    count = select(func.count()).where(passkeys.c.user_id == user_id).scalar_subquery()
    has_codes = exists().where(totp.c.user_id == user_id)
    return bool((await conn.execute(select(and_(instance.c.second_factor, count == 1, ~has_codes)))).scalar_one())


async def remove_passkey(conn: AsyncConnection, passkey_id: int) -> None:
    await conn.execute(delete(passkeys).where(passkeys.c.id == passkey_id))


async def end_sessions_by(conn: AsyncConnection, passkey_id: int) -> list[int]:
    """The sessions that began with a passkey, deleted."""
    statement = delete(sessions).where(sessions.c.passkey_id == passkey_id)
    return list((await conn.execute(statement.returning(sessions.c.id))).scalars())


async def add_challenge(
    conn: AsyncConnection, challenge: bytes, purpose: str, user_id: int | None, user_handle: bytes | None
) -> None:
    values = {"challenge": challenge, "purpose": purpose, "user_id": user_id, "user_handle": user_handle}
    await conn.execute(insert(passkey_challenges).values(values))


async def take_challenge(conn: AsyncConnection, challenge: bytes, purpose: str, lives: timedelta) -> AnyRow | None:
    """For whom a challenge was made, which is good no more after this; None where it is not good for this now."""
    statement = delete(passkey_challenges).where(
        passkey_challenges.c.challenge == challenge,
        passkey_challenges.c.purpose == purpose,
        passkey_challenges.c.created_at > func.clock_timestamp() - lives,
    )
    columns = (passkey_challenges.c.user_id, passkey_challenges.c.user_handle)
    return (await conn.execute(statement.returning(*columns))).one_or_none()


async def prune_challenges(conn: AsyncConnection, lives: timedelta) -> None:
    """Delete some that are too old; `SKIP LOCKED`, so that two who prune never wait for each other."""
    old = passkey_challenges.c.created_at <= func.clock_timestamp() - lives
    some = select(passkey_challenges.c.challenge).where(old).limit(PRUNED_AT_ONCE).with_for_update(skip_locked=True)
    await conn.execute(delete(passkey_challenges).where(passkey_challenges.c.challenge.in_(some)))
