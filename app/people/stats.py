"""How much there is in a chat, for its operator: counted without looking at each message."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import AddressConfig
from app.db.schema import blobs, files, reports, rooms, sessions, users
from app.people.command_line import as_table, in_transaction

WEEK = timedelta(days=7)


def counted(config: AddressConfig, url: str) -> str:
    """A line for each number.

    Raises:
        BadConfig: the database cannot be used.
    """

    async def count(conn: AsyncConnection) -> str:
        lines = [("WHAT", "HOW MUCH")]
        for what, statement in _statements().items():
            lines.append((what, f"{int(await conn.scalar(statement) or 0):,}"))
        return as_table(lines)

    return asyncio.run(in_transaction(config, url, count))


def _statements() -> dict[str, Select[Any]]:
    ago, one = func.clock_timestamp() - WEEK, func.count()
    is_on, is_open = users.c.disabled_at.is_(None), rooms.c.archived_at.is_(None)
    return {
        "people": select(one).where(is_on),
        "of them administrators": select(one).where(is_on, users.c.role == "admin"),
        "accounts switched off": select(one).where(~is_on),
        "people here within a week": select(func.count(sessions.c.user_id.distinct())).where(sessions.c.seen_at > ago),
        "sessions": select(one).where(sessions.c.expires_at > func.clock_timestamp()),
        "rooms": select(one).where(rooms.c.kind != "direct", is_open),
        "rooms archived": select(one).where(rooms.c.kind != "direct", ~is_open),
        "direct conversations": select(one).where(rooms.c.kind == "direct"),
        "messages ever posted": select(func.sum(rooms.c.last_seq)),
        "files": select(one).where(files.c.whole_at.is_not(None)),
        "bytes of files": select(func.sum(blobs.c.size)),
        "reports that wait": select(one).where(reports.c.settled_at.is_(None)),
        "bytes of the database": select(func.pg_database_size(func.current_database())),
    }
