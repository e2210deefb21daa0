"""What a process asks and writes to see whether its database serves it."""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, column, delete, exists, func, select, table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import heartbeats

# With either of these off, PostgreSQL may acknowledge what a crash then loses, and so would we.
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
FRESH, OLD = timedelta(seconds=10), timedelta(hours=1)
WORK_MEM = "64kB"  # the least that PostgreSQL takes
SPILLED_ROWS = 10_000  # in 400 kB

_alembic_version = table("alembic_version", column("version_num"))
_activity = table("pg_stat_activity", column("wait_event"), column("usename"))


class Look(NamedTuple):
    """What the database says of itself: its revision, and which of `DURABILITY` are off."""

    revision: str
    off: list[str]


class Other(NamedTuple):
    """Another process of this chat that is alive."""

    name: str
    bus: str
    bus_open_s: int | None


async def look(conn: AsyncConnection) -> Look:
    """Read how the database is; the revision is "none" where it was never migrated. `conn` is in autocommit."""
    settings = [func.current_setting(name).label(name) for name in DURABILITY]
    row = (await conn.execute(select(*settings))).one()
    try:
        revision = (await conn.execute(select(_alembic_version.c.version_num))).scalar_one_or_none()
    except ProgrammingError:  # there is no such table
        revision = None
    return Look(revision or "none", [name for name in DURABILITY if row._mapping[name] == "off"])


async def fill_a_page(conn: AsyncConnection) -> None:
    """Have PostgreSQL put some kilobytes on its disk, in a temporary file.

    A row that is written again and again finds room in its page, and in the log's file that is there already. So it
    would go on long after nobody else can write.
    """
    await conn.execute(select(func.set_config("work_mem", WORK_MEM, True)))
    await conn.execute(select(func.count()).select_from(func.generate_series(1, SPILLED_ROWS)))


async def write(conn: AsyncConnection, values: dict[str, Any]) -> None:
    """Write the row of this process."""
    statement = insert(heartbeats).values(values)
    changed = {**values, "beat_at": func.clock_timestamp()}
    await conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))


async def remove_old(conn: AsyncConnection) -> None:
    """Remove the rows of processes that ended long ago."""
    await conn.execute(delete(heartbeats).where(heartbeats.c.beat_at < func.clock_timestamp() - OLD))


async def others(conn: AsyncConnection, name: str) -> list[Other]:
    """The processes that are alive beside the one of this name."""
    columns = (heartbeats.c.name, heartbeats.c.bus, heartbeats.c.bus_open_s)
    alive = heartbeats.c.beat_at > func.clock_timestamp() - FRESH
    return [Other(*row) for row in await conn.execute(select(*columns).where(alive, heartbeats.c.name != name))]


async def waits_for_standby(conn: AsyncConnection) -> bool:
    """Whether a commit of ours waits for a synchronous standby that does not answer."""
    waits = _activity.c.wait_event == "SyncRep", _activity.c.usename == text("current_user")
    statement: Select[Any] = select(exists().select_from(_activity).where(*waits))
    return bool((await conn.execute(statement)).scalar_one())
