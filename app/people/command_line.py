"""What an operator does about people from the command line, whether Parley runs or not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from pydantic import SecretStr
from sqlalchemy import exc, func
from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth import queries as accounts
from app.auth.names import login_key
from app.base.config import AddressConfig
from app.base.errors import BadConfig, LastAdmin
from app.db.driver.engine import make_engine
from app.people import queries
from app.people.changing import change

Work = Callable[[AsyncConnection], Awaitable[str]]
PAGE = 500
_NO_TABLE, _NO_COLUMN = "42P01", "42703"


def listed(config: AddressConfig, url: str, wanted: str) -> str:
    """Everybody whose name or login has `wanted` in it, a line each, by name.

    Raises:
        BadConfig
    """

    async def find(conn: AsyncConnection) -> str:
        lines, after = [("LOGIN", "ROLE", "STATE", "SINCE", "NAME")], None
        while found := await queries.people(conn, wanted, after, PAGE, with_disabled=True):
            for each in found:
                state = "off" if each.disabled_at else "on"
                lines.append((each.login, each.role, state, f"{each.created_at:%Y-%m-%d}", each.display_name))
            after = int(found[-1].id)
        return as_table(lines)

    return asyncio.run(in_transaction(config, url, find))


def set_role(config: AddressConfig, url: str, login: str, role: str) -> str:
    """Make somebody an administrator or a member; returns what was done.

    Raises:
        BadConfig: nobody has this login, nobody would be left who is an administrator, or the database cannot be used.
    """

    async def make(conn: AsyncConnection) -> str:
        await _change(conn, login, "role", removes_admin=role != "admin", role=role)
        return f"“{login}” is {'an administrator' if role == 'admin' else 'a member'} now."

    return asyncio.run(in_transaction(config, url, make))


def disable(config: AddressConfig, url: str, login: str) -> str:
    """Switch an account off and end its sessions; raises as `set_role` does.

    Open pages of theirs are closed by the next check of sessions, within `HEARTBEAT_S`.
    """

    async def switch(conn: AsyncConnection) -> str:
        await switch_off(conn, login)
        return f"The account of “{login}” is switched off, and they are logged out everywhere."

    return asyncio.run(in_transaction(config, url, switch))


def enable(config: AddressConfig, url: str, login: str) -> str:
    """Switch an account on again; raises as `set_role` does."""

    async def switch(conn: AsyncConnection) -> str:
        await _change(conn, login, "enabled", removes_admin=False, disabled_at=None)
        return f"“{login}” may log in again."

    return asyncio.run(in_transaction(config, url, switch))


def invitations(config: AddressConfig, url: str) -> str:
    """The invitations that still let somebody in, a line each, the newest first.

    Raises:
        BadConfig
    """

    async def find(conn: AsyncConnection) -> str:
        lines = [("NUMBER", "UNTIL", "USES", "ROLE", "MADE BY")]
        for each in await queries.living_invitations(conn):
            uses = f"{each.uses} of {each.max_uses or 'any'}"
            by = each.display_name or "the command line"
            lines.append((str(each.id), f"{each.expires_at:%Y-%m-%d %H:%M} UTC", uses, each.role, by))
        return as_table(lines)

    return asyncio.run(in_transaction(config, url, find))


def revoke(config: AddressConfig, url: str, number: int) -> str:
    """End an invitation.

    Raises:
        BadConfig: there is none of this number that still lets somebody in, or the database cannot be used.
    """

    async def end(conn: AsyncConnection) -> str:
        if not await queries.revoke_invitation(conn, number):
            raise BadConfig(f"There is no invitation number {number}, or it was revoked before.")
        await record(conn, None, "invitation_revoked", detail=f"number {number}")
        return f"Nobody comes in by invitation number {number} any more."

    return asyncio.run(in_transaction(config, url, end))


async def switch_off(conn: AsyncConnection, login: str) -> int:
    """The same in a transaction; returns whose account it is."""
    user_id = await _change(conn, login, "disabled", removes_admin=True, disabled_at=func.clock_timestamp())
    await accounts.end_sessions(conn, user_id)
    return user_id


async def _change(conn: AsyncConnection, login: str, action: str, *, removes_admin: bool, **values: object) -> int:
    await id_of(conn, login)
    try:
        return await change(conn, None, login, action, removes_admin=removes_admin, **values)
    except LastAdmin as error:
        raise BadConfig(error.message) from error


async def id_of(conn: AsyncConnection, login: str) -> int:
    """The id of the person with this login.

    Raises:
        BadConfig: there is none.
    """
    person = await queries.person(conn, login_key(login))
    if person is None:
        raise BadConfig(f"Nobody here has the login “{login}”.")
    return int(person.id)


def as_table(lines: Iterable[tuple[str, ...]]) -> str:
    """Lines in columns; the first has the headings."""
    rows = [["".join(sign for sign in cell if sign.isprintable()) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


async def in_transaction(config: AddressConfig, url: str, work: Work) -> str:
    """What `work` returns, once that is committed in the database at `url`.

    Raises:
        BadConfig: the database cannot be used.
    """
    engine = make_engine(config, SecretStr(url), size=1)
    try:
        async with engine.begin() as conn:
            return await work(conn)
    except exc.DBAPIError as error:
        if getattr(error.orig, "pgcode", None) in (_NO_TABLE, _NO_COLUMN):
            raise BadConfig("The tables are missing or older than this code: run `python -m app migrate`.") from error
        raise BadConfig(f"The database cannot be used: {' '.join(str(error.orig).split())}") from error
    finally:
        await engine.dispose()
