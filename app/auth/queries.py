"""Statements on users, sessions and tries, one function each. They never commit."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from app.db.schema import account_links, instance, login_failures, passkeys, sessions, totp, users

AnyRow = sa.Row[*tuple[Any, ...]]

PRUNED_AT_ONCE = LISTED_SESSIONS = 100
USER_COLUMNS = (
    *(users.c.id, users.c.login, users.c.display_name, users.c.role, users.c.hue, users.c.avatar_id),
    users.c.namesake,
)


async def lock(conn: AsyncConnection, *names: str) -> None:
    """Wait until no other transaction holds any of `names`, one after the other; they are free again at its end."""
    await conn.execute(sa.select(*(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0)) for name in names)))


async def create_user(
    conn: AsyncConnection, login: str, name: str, email: str | None, password_hash: str | None, role: str
) -> AnyRow:
    """The user just made; without a password the provider by which they came has verified the e-mail."""
    is_verified = email is not None and password_hash is None
    values = {
        "login": login,
        "display_name": name,
        "email": email,
        "email_verified_at": sa.func.clock_timestamp() if is_verified else None,
        "password_hash": password_hash,
        "role": role,
    }
    return (await conn.execute(sa.insert(users).values(values).returning(*USER_COLUMNS))).one()


async def credentials_of(conn: AsyncConnection, keys: Collection[str], idle: timedelta) -> dict[str, AnyRow]:
    """The users with these logins or e-mails, for logging in; a login has no @, so each is that of one at most.

    An e-mail is that of the account that verified it; before one did, that of the only account that has it.
    `addresses`: from where their living sessions were begun.
    """
    found: dict[str, AnyRow] = {}
    for row in await conn.execute(_CREDENTIALS_OF, {"keys": list(keys), "idle": idle}):
        if row.is_only or row.email_verified_at is not None:
            found.setdefault(row.key, row)
    return found


async def password_hash_of(conn: AsyncConnection, user_id: int) -> str | None:
    """The stored password of an account that is not disabled."""
    statement = sa.select(users.c.password_hash).where(users.c.id == user_id, users.c.disabled_at.is_(None))
    stored: str | None = (await conn.execute(statement)).scalar_one_or_none()
    return stored


async def standing_of(conn: AsyncConnection, user_id: int) -> AnyRow | None:
    """A user who is not switched off, with the stored password if they have one."""
    statement = sa.select(*USER_COLUMNS, users.c.password_hash).where(
        users.c.id == user_id, users.c.disabled_at.is_(None)
    )
    return (await conn.execute(statement)).one_or_none()


async def replace_password(conn: AsyncConnection, user_id: int, old_hash: str, new_hash: str) -> bool:
    """Store a new password in place of the old one; False when that is no longer the one stored."""
    statement = sa.update(users).where(users.c.id == user_id, users.c.password_hash == old_hash)
    return (await conn.execute(statement.values(password_hash=new_hash))).rowcount == 1


async def set_password(conn: AsyncConnection, user_id: int, new_hash: str) -> None:
    """Store a new password, whatever was stored before."""
    await conn.execute(sa.update(users).where(users.c.id == user_id).values(password_hash=new_hash))


async def end_account_links(conn: AsyncConnection, user_id: int) -> None:
    """Delete the links that lead to an account: who asked for them may be whom the new password is to keep out."""
    await conn.execute(sa.delete(account_links).where(account_links.c.user_id == user_id))


async def create_session(
    conn: AsyncConnection,
    token_hash: bytes,
    user_id: int,
    lifetime: timedelta,
    passkey_id: int | None,
    **of_visitor: object,
) -> None:
    statement = sa.insert(sessions).values(
        token_hash=token_hash,
        user_id=user_id,
        passkey_id=passkey_id,
        expires_at=sa.func.clock_timestamp() + lifetime,
        **of_visitor,
    )
    await conn.execute(statement)


async def sessions_of(
    conn: AsyncConnection, token_hashes: Collection[bytes], idle: timedelta, fresh: timedelta
) -> list[AnyRow]:
    """The living sessions with these tokens and their users; `stale` when last seen longer than `fresh` ago.

    `lacks_factor`: of a user who has no second factor in a chat that asks for one.
    """
    asked = {"hashes": list(token_hashes), "idle": idle, "fresh": fresh}
    return [*await conn.execute(_SESSIONS_OF, asked)]


async def living_session_ids(conn: AsyncConnection, session_ids: Collection[int], idle: timedelta) -> set[int]:
    statement = (
        sa.select(sessions.c.id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.id.in_(session_ids), _living(idle))
    )
    return set((await conn.execute(statement)).scalars())


async def mark_seen(conn: AsyncConnection, session_ids: Collection[int], fresh: timedelta) -> None:
    """Note that these sessions are in use, unless that was noted less than `fresh` ago."""
    now = sa.func.clock_timestamp()
    statement = sa.update(sessions).values(seen_at=now)
    await conn.execute(statement.where(sessions.c.id.in_(session_ids), sessions.c.seen_at < now - fresh))


async def end_session(conn: AsyncConnection, token_hash: bytes) -> int | None:
    """The session with that token, deleted."""
    statement = sa.delete(sessions).where(sessions.c.token_hash == token_hash).returning(sessions.c.id)
    return (await conn.execute(statement)).scalar_one_or_none()


async def end_sessions(conn: AsyncConnection, user_id: int, but: int | None = None) -> list[int]:
    """All sessions of a user, or all but one, deleted."""
    statement = sa.delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id.is_distinct_from(but))
    return list((await conn.execute(statement.returning(sessions.c.id))).scalars())


async def end_session_of(conn: AsyncConnection, user_id: int, session_id: int) -> bool:
    """Delete one session of a user; False when there is none."""
    statement = sa.delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id == session_id)
    return (await conn.execute(statement)).rowcount == 1


async def end_sessions_without_factor(conn: AsyncConnection) -> list[int]:
    """The sessions of all who have no second factor in a chat that asks for one, deleted."""
    statement = sa.delete(sessions).where(sessions.c.user_id == users.c.id, _lacks_factor()).returning(sessions.c.id)
    return list((await conn.execute(statement)).scalars())


async def living_sessions(conn: AsyncConnection, user_id: int, idle: timedelta) -> list[AnyRow]:
    """When and where each began, and when it was used last; no more than a page has room for."""
    times = (sessions.c.created_at, sessions.c.seen_at)
    places = (sessions.c.user_agent, sessions.c.address, sessions.c.is_new_device)
    statement = sa.select(sessions.c.id, *times, *places).where(sessions.c.user_id == user_id, _unexpired(idle))
    return [*await conn.execute(statement.order_by(sessions.c.seen_at.desc(), sessions.c.id).limit(LISTED_SESSIONS))]


async def prune_sessions_of(conn: AsyncConnection, user_id: int, idle: timedelta) -> None:
    """Delete the sessions of a user that no longer live."""
    await conn.execute(sa.delete(sessions).where(sessions.c.user_id == user_id, has_ended(idle)))


async def tries(conn: AsyncConnection, which: Mapping[str, str], window: timedelta) -> tuple[int, float]:
    """How many tries there were in `window` with these values, by the names of columns of `login_failures`.

    And the seconds until the oldest of them leaves the window; 0 where there are none.
    """
    now = sa.func.clock_timestamp()
    wait_s = sa.func.extract("epoch", sa.func.min(login_failures.c.created_at) + window - now)
    statement = sa.select(sa.func.count(), sa.func.coalesce(wait_s, 0)).where(
        *(login_failures.c[name] == value for name, value in which.items()), login_failures.c.created_at > now - window
    )
    count, seconds = (await conn.execute(statement)).one()
    return int(count), float(seconds)


async def record_try(
    conn: AsyncConnection, account: str, address: str, known_as: str = "", pruned_after: timedelta | None = None
) -> None:
    """Write a try down, and delete some that are older than `pruned_after`.

    `SKIP LOCKED`, so that two who prune never wait for each other.
    """
    statement = sa.insert(login_failures).values(account=account, address=address, known_as=known_as)
    if pruned_after is not None:
        old = login_failures.c.created_at <= sa.func.clock_timestamp() - pruned_after
        some = sa.select(login_failures.c.id).where(old).limit(PRUNED_AT_ONCE).with_for_update(skip_locked=True)
        statement = statement.add_cte(sa.delete(login_failures).where(login_failures.c.id.in_(some)).cte("pruned"))
    await conn.execute(statement)


async def forget_tries_of(conn: AsyncConnection, account: str, known_as: str | None = None) -> None:
    """Delete the tries for an account; with `known_as`, only those of who is known so."""
    statement = sa.delete(login_failures).where(login_failures.c.account == account)
    await conn.execute(statement if known_as is None else statement.where(login_failures.c.known_as == known_as))


def has_ended(idle: timedelta) -> ColumnElement[bool]:
    """Of a session: it has expired, or was not used for so long."""
    return ~_unexpired(idle)


def _unexpired(idle: timedelta | ColumnElement[timedelta]) -> ColumnElement[bool]:
    now = sa.func.clock_timestamp()
    return sa.and_(sessions.c.expires_at > now, sessions.c.seen_at > now - idle)


def _living(idle: timedelta | ColumnElement[timedelta]) -> ColumnElement[bool]:
    return sa.and_(_unexpired(idle), users.c.disabled_at.is_(None))


def _lacks_factor() -> ColumnElement[bool]:
    """Of a session and its user; one that began by a provider has as many factors as that asks for."""
    asked = sa.select(instance.c.second_factor).scalar_subquery()
    has_own = (sa.exists().where(table.c.user_id == users.c.id) for table in (totp, passkeys))
    return sa.and_(asked, ~sessions.c.by_provider, *(~each for each in has_own))


def _sessions_of() -> sa.Select[Any]:
    idle, fresh = (sa.bindparam(name, type_=sa.Interval) for name in ("idle", "fresh"))
    stale = (sessions.c.seen_at < sa.func.clock_timestamp() - fresh).label("stale")
    hashes = sa.bindparam("hashes", type_=sa.ARRAY(sa.LargeBinary))
    columns = sessions.c.token_hash, sessions.c.id.label("session_id"), stale, _lacks_factor().label("lacks_factor")
    return (
        sa.select(*columns, *USER_COLUMNS)
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.token_hash == sa.func.any(hashes), _living(idle))
    )


def _credentials_of() -> sa.Select[Any]:
    """The verified one first; `is_only`: no other has the key."""
    keys = sa.bindparam("keys", type_=sa.ARRAY(sa.Text))
    asked = sa.func.unnest(keys).table_valued("key", name="asked").render_derived()
    idle = sa.bindparam("idle", type_=sa.Interval)
    began = sa.select(sessions.c.address).distinct().where(sessions.c.user_id == users.c.id, _unexpired(idle))
    columns = (*USER_COLUMNS, users.c.password_hash, users.c.disabled_at, users.c.email_verified_at)
    of_one = (
        sa.select(*columns, sa.func.array(began.scalar_subquery()).label("addresses"))
        .where(sa.or_(users.c.login == asked.c.key, users.c.email == asked.c.key))
        .order_by(users.c.email_verified_at.nulls_last())
        .limit(2)
        .lateral()
    )
    is_only = (sa.func.count().over(partition_by=asked.c.key) == 1).label("is_only")
    return sa.select(asked.c.key, is_only, *of_one.c).select_from(sa.join(asked, of_one, sa.true()))


# Built once, and not for each request.
_SESSIONS_OF, _CREDENTIALS_OF = _sessions_of(), _credentials_of()
