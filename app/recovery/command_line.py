"""What an operator does about accounts from the command line, whether Parley runs or not."""

import asyncio
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth import queries as accounts
from app.base.config import AddressConfig
from app.base.errors import BadConfig
from app.base.secrets import digest, new_token
from app.db.schema import instance
from app.people import queries
from app.people.adding import add_account
from app.people.command_line import as_table, id_of, in_transaction
from app.recovery.browsers import device
from app.recovery.service import make_reset_link

INVITATION_LIVES = timedelta(days=1)
_ANY_IDLE = timedelta(days=365)  # a session ends earlier where SESSION_DAYS says so; here all that may live are shown


def reset_link(config: AddressConfig, url: str, login: str) -> str:
    """Make a link by which somebody chooses a new password, in the database at `url`; returns it.

    Raises:
        BadConfig: nobody has this login, or the database cannot be used.
    """

    async def make(conn: AsyncConnection) -> str:
        user_id = await id_of(conn, login)
        return f"{await _address(conn, config)}/reset/{await make_reset_link(conn, None, user_id)}"

    return asyncio.run(in_transaction(config, url, make))


def invitation(config: AddressConfig, url: str, *, admin: bool) -> str:
    """Make a link by which one person creates an account, an admin's or a member's; returns it.

    Raises:
        BadConfig: the first account would be a member's, or the database cannot be used.
    """

    async def make(conn: AsyncConnection) -> str:
        if not admin and not await queries.living_admin_ids(conn):
            raise BadConfig("There is no administrator yet: make the first account's link with --admin.")
        token, role = new_token(), "admin" if admin else "member"
        await queries.create_invitation(conn, digest(token), None, INVITATION_LIVES, 1, role)
        await record(conn, None, "invited", detail=role)
        return f"{await _address(conn, config)}/invite/{token}"

    return asyncio.run(in_transaction(config, url, make))


def add(config: AddressConfig, url: str, login: str, name: str, *, admin: bool) -> str:
    """Create an account; returns the link by which its person chooses a password.

    Raises:
        BadConfig: nobody may be called so, the first account would be a member's, or the database cannot be used.
    """

    async def make(conn: AsyncConnection) -> str:
        if not admin and not await queries.living_admin_ids(conn):
            raise BadConfig("There is no administrator yet: make the first account with --admin.")
        user_id = await add_account(conn, login, name, "admin" if admin else "member")
        return f"{await _address(conn, config)}/reset/{await make_reset_link(conn, None, user_id)}"

    return asyncio.run(in_transaction(config, url, make))


def sessions(config: AddressConfig, url: str, login: str) -> str:
    """Where somebody is logged in, a line each, the one that was used last first.

    Raises:
        BadConfig: nobody has this login, or the database cannot be used.
    """

    async def find(conn: AsyncConnection) -> str:
        lines = [("NUMBER", "BEGUN", "USED", "FROM", "WITH")]
        for each in await accounts.living_sessions(conn, await id_of(conn, login), _ANY_IDLE):
            times = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (each.created_at, each.seen_at))
            lines.append((str(each.id), *times, each.address, device(each.user_agent)))
        return as_table(lines)

    return asyncio.run(in_transaction(config, url, find))


def end_sessions(config: AddressConfig, url: str, login: str, number: int | None) -> str:
    """End all sessions of somebody, or the one with this number; returns what was done.

    Open pages of theirs are closed by the next check of sessions, within `HEARTBEAT_S`.

    Raises:
        BadConfig: nobody has this login, they have no such session, or the database cannot be used.
    """

    async def end(conn: AsyncConnection) -> str:
        user_id = await id_of(conn, login)
        if number is None:
            count = len(await accounts.end_sessions(conn, user_id))
        elif not (count := int(await accounts.end_session_of(conn, user_id, number))):
            raise BadConfig(f"“{login}” has no session number {number}: `sessions list` shows those that there are.")
        await record(conn, None, "sessions_ended", user_id=user_id, detail="" if number is None else f"one: {number}")
        return f"{count} session{'' if count == 1 else 's'} of “{login}” ended."

    return asyncio.run(in_transaction(config, url, end))


async def _address(conn: AsyncConnection, config: AddressConfig) -> str:
    """What links begin with: as `public_address` of an app that serves."""
    kept: str | None = await conn.scalar(select(instance.c.address))
    return config.public_url or kept or config.address
