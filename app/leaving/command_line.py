"""How an operator deletes a person from the command line, whether Parley runs or not."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import AddressConfig
from app.base.errors import BadConfig, LastAdmin
from app.leaving import former
from app.people.command_line import id_of, in_transaction


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
