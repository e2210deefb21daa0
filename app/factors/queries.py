"""Statements on second factors, one function each. They never commit."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, ScalarSelect, Table, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.queries import USER_COLUMNS
from app.db.schema import instance, passkeys, recovery_codes, totp, users

AnyRow = Row[*tuple[Any, ...]]


async def factor_of(conn: AsyncConnection, user_id: int) -> AnyRow:
    """What a person may prove themselves with beside the password.

    The secret of their app and since when, both None without one; how many passkeys and recovery codes; and whether one
    of these `is_asked` for after the password.
    """
    has_codes = exists().where(totp.c.user_id == user_id)
    has_passkeys = exists().where(passkeys.c.user_id == user_id)
    of_all = select(instance.c.second_factor).scalar_subquery()
    statement = select(
        *(totp.c.secret, totp.c.created_at),
        _count_of(passkeys, user_id).label("passkeys"),
        _count_of(recovery_codes, user_id).label("codes_left"),
        or_(has_codes, has_passkeys & of_all).label("is_asked"),
    )
    found = statement.select_from(users.outerjoin(totp, totp.c.user_id == users.c.id)).where(users.c.id == user_id)
    return (await conn.execute(found)).one()


def _count_of(table: Table, user_id: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(table.c.user_id == user_id).scalar_subquery()


async def add_factor(conn: AsyncConnection, user_id: int, secret: bytes, step: int) -> bool:
    """False where the person has one already."""
    statement = insert_or(totp).values(user_id=user_id, secret=secret, last_step=step).on_conflict_do_nothing()
    return (await conn.execute(statement)).rowcount == 1


async def take_step(conn: AsyncConnection, user_id: int, step: int) -> bool:
    """Note that the code of a half minute was used; False when that one or a later one was."""
    statement = update(totp).where(totp.c.user_id == user_id, totp.c.last_step < step).values(last_step=step)
    return (await conn.execute(statement)).rowcount == 1


async def set_recovery_codes(conn: AsyncConnection, user_id: int, hashes: Collection[bytes]) -> None:
    """Have these be good, and none from before."""
    await conn.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    await conn.execute(insert(recovery_codes), [{"user_id": user_id, "code_hash": each} for each in hashes])


async def use_recovery_code(conn: AsyncConnection, user_id: int, code_hash: bytes) -> bool:
    """Delete it; False where there is none."""
    statement = delete(recovery_codes).where(recovery_codes.c.user_id == user_id)
    return (await conn.execute(statement.where(recovery_codes.c.code_hash == code_hash))).rowcount == 1


async def remove_factor(conn: AsyncConnection, user_id: int) -> None:
    """Delete the secret of an app, and the recovery codes of who has no passkey."""
    has_passkeys = exists().where(passkeys.c.user_id == user_id)
    await conn.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id, ~has_passkeys))
    await conn.execute(delete(totp).where(totp.c.user_id == user_id))


async def remove_all(conn: AsyncConnection, user_id: int) -> bool:
    """Delete all that a person may prove themselves with beside the password; False where there is nothing."""
    tables = (recovery_codes, totp, passkeys)
    return any([(await conn.execute(delete(table).where(table.c.user_id == user_id))).rowcount for table in tables])


async def credentials(conn: AsyncConnection, user_id: int) -> AnyRow:
    """A user with the stored password, as `app.auth.sessions.proven` takes it."""
    return (await conn.execute(select(*USER_COLUMNS, users.c.password_hash).where(users.c.id == user_id))).one()


async def ask_all(conn: AsyncConnection, *, asked: bool) -> None:
    await conn.execute(update(instance).values(second_factor=asked))
