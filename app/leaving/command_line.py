"""How an operator deletes a person, or all that one made, from the command line, whether Parley runs or not."""

import asyncio
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.base.config import AddressConfig, FilesConfig
from app.base.errors import BadConfig, LastAdmin
from app.leaving import former, queries
from app.people.command_line import id_of, in_transaction, switch_off


def delete(config: AddressConfig, url: str, login: str, *, keeps_messages: bool) -> str:
    """Delete somebody's account; returns what was done. A Parley that runs settles what they wrote, or the next one.

    Raises:
        BadConfig: nobody has this login, nobody would be left to look after the chat, or the database cannot be used.
    """

    async def work(conn: AsyncConnection) -> str:
        user_id = await id_of(conn, login)
        try:
            await former.make(conn, None, user_id, keeps_messages=keeps_messages)
        except LastAdmin as error:
            raise BadConfig(error.message) from error
        left = "Their messages stay, as those of a former member" if keeps_messages else "Their messages go"
        return f"The account of “{login}” is deleted. {left}; its login stays taken."

    return asyncio.run(in_transaction(config, url, work))


def undo(config: FilesConfig, url: str, login: str) -> str:
    """Switch an account off, and have all that it made removed; returns what was done.

    A Parley that runs does that, or the next one, when each of its processes has looked which sessions have ended: they
    do every `HEARTBEAT_S`. Nothing more comes by a socket then.

    Raises:
        BadConfig: nobody has this login, nobody would be left to look after the chat, or the database cannot be used.
    """
    closed_after = timedelta(seconds=config.heartbeat_s) + former.SETTLED_AFTER

    async def work(conn: AsyncConnection) -> str:
        user_id = await switch_off(conn, login)
        await record(conn, None, "undone", user_id=user_id)
        await queries.ask(conn, user_id, closed_after)
        within_s = f"{closed_after.total_seconds():.0f} seconds"
        return f"The account of “{login}” is switched off. All that it made goes in {within_s}, where Parley runs."

    return asyncio.run(in_transaction(config, url, work))
