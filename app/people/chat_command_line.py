"""What an operator sets about the chat itself from the command line, whether Parley runs or not."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.base.config import AddressConfig
from app.base.errors import BadConfig, BadForm
from app.db.schema import instance
from app.people import forms, queries
from app.people.command_line import as_table, in_transaction


def shown(config: AddressConfig, url: str) -> str:
    """The settings of the chat, a line each.

    Raises:
        BadConfig: the database cannot be used.
    """

    async def read(conn: AsyncConnection) -> str:
        columns = (instance.c.name, instance.c.open_sign_up, instance.c.address, instance.c.second_factor)
        row = (await conn.execute(select(*columns))).one()
        lines = [
            ("SETTING", "IS"),
            ("name", row.name),
            ("sign-up", "open" if row.open_sign_up else "invitation"),
            ("address", config.public_url or row.address or "not chosen yet"),
            ("second-factor", "asked of all" if row.second_factor else "up to each"),
        ]
        return as_table(lines)

    return asyncio.run(in_transaction(config, url, read))


def change(config: AddressConfig, url: str, *, name: str | None, sign_up: str | None, address: str | None) -> str:
    """Set what is given; returns the settings then.

    Raises:
        BadConfig: the chat cannot be called so, it is no address, or the database cannot be used.
    """

    async def set_up(conn: AsyncConnection) -> str:
        values: dict[str, object] = {}
        if name is not None:
            values["name"] = forms.chat_settings({"name": name}).name
        if sign_up is not None:
            values["open_sign_up"] = sign_up == "open"
        if address is not None:
            values["address"] = forms.address({"address": address})
        await queries.update_chat_settings(conn, **values)
        await record(conn, None, "chat", detail=", ".join(f"{what}: {value}" for what, value in values.items()))
        return ""

    try:
        asyncio.run(in_transaction(config, url, set_up))
    except BadForm as error:
        raise BadConfig(error.message) from error
    return shown(config, url)
