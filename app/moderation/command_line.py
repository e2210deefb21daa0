"""Reports, and what administrators did, for an operator at the command line, whether Parley runs or not."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import ACTIONS, entries, record
from app.base.config import AddressConfig
from app.base.errors import BadConfig
from app.moderation import queries
from app.people.command_line import as_table, in_transaction


def reports(config: AddressConfig, url: str) -> str:
    """The reports that nobody has settled, a line each, oldest first.

    Raises:
        BadConfig
    """

    async def find(conn: AsyncConnection) -> str:
        head = ("NUMBER", "SINCE", "BY", "WROTE", "WHERE", "WHY", "WHAT WAS SAID")
        return as_table([head, *map(_line_of, await queries.open_reports(conn))])

    return asyncio.run(in_transaction(config, url, find))


def _line_of(report: queries.AnyRow) -> tuple[str, ...]:
    where = "between few" if report.kind == "direct" else f"{report.name} ({report.room_id}/{report.seq})"
    said = " ".join(report.said.split()) or "without words"
    gone = " (deleted since)" if report.deleted_at else ""
    return str(report.id), _at(report), report.reporter, report.author, where, report.reason or "-", said + gone


def _at(row: queries.AnyRow) -> str:
    return f"{row.created_at:%Y-%m-%d %H:%M} UTC"


def settle(config: AddressConfig, url: str, number: int) -> str:
    """Take a report off the list.

    Raises:
        BadConfig: none of this number waits, or the database cannot be used.
    """

    async def end(conn: AsyncConnection) -> str:
        settled = await queries.settle(conn, None, number)
        if settled is None:
            raise BadConfig(f"There is no report number {number}, or it was settled before.")
        await record(conn, None, "settled", user_id=settled.author_id, room_id=settled.room_id)
        return f"Report number {number} is settled."

    return asyncio.run(in_transaction(config, url, end))


def log(config: AddressConfig, url: str, most: int) -> str:
    """What administrators did, and operators, a line each, the newest last.

    Raises:
        BadConfig
    """

    async def find(conn: AsyncConnection) -> str:
        lines = []
        for each in await entries(conn, None, most):
            whom, room = each.whom or "somebody", f"“{each.room_name}”" if each.room_name else "a direct conversation"
            done = ACTIONS[each.action].format(whom=whom, room=room)
            detail = f": {each.detail}" if each.detail else ""
            lines.append((_at(each), each.actor or "command line", done + detail))
        return as_table([("WHEN", "WHO", "WHAT"), *reversed(lines)])

    return asyncio.run(in_transaction(config, url, find))
