"""What an operator does about second factors from the command line, whether Parley runs or not."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth import queries as accounts_queries
from app.base.config import AddressConfig
from app.factors import queries
from app.people.command_line import id_of, in_transaction


def remove_factors(config: AddressConfig, url: str, login: str) -> str:
    """Take away the second factor of somebody who lost it, and end their sessions; returns what was done.

    Open pages of theirs are closed by the next check of sessions, within `HEARTBEAT_S`.

    Raises:
        BadConfig: nobody has this login, or the database cannot be used.
    """

    async def remove(conn: AsyncConnection) -> str:
        user_id = await id_of(conn, login)
        if not await queries.remove_all(conn, user_id):
            return f"“{login}” has no second factor."
        await record(conn, None, "factor_removed", user_id=user_id)
        await accounts_queries.end_sessions(conn, user_id)
        return f"The password alone lets “{login}” in now. They are logged out everywhere."

    return asyncio.run(in_transaction(config, url, remove))


def ask_all(config: AddressConfig, url: str, *, asked: bool) -> str:
    """Ask everybody for a second factor, or no more; returns what was done. The sessions of all who have none end.

    Raises:
        BadConfig: the database cannot be used.
    """

    async def ask(conn: AsyncConnection) -> str:
        await queries.ask_all(conn, asked=asked)
        await record(conn, None, "chat", detail=f"a second factor of all: {'yes' if asked else 'no'}")
        if not asked:
            return "A second factor is up to each."
        count = len(await accounts_queries.end_sessions_without_factor(conn))
        ended = f"{count} session{'' if count == 1 else 's'}"
        return f"Everybody is asked for a second factor. {ended} of those who have none ended."

    return asyncio.run(in_transaction(config, url, ask))
