"""What a process asks and writes to see whether its database serves it."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg2.errors
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.driver.connection import Connection
from app.db.driver.prepared import ONE, Prepared, run_in_turn
from app.db.schema import heartbeats

# With either of these off, PostgreSQL may acknowledge what a crash then loses, and so would we.
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
FRESH_S, OLD_S = 10, 3600
WORK_MEM = "'64kB'"  # the least that PostgreSQL takes
SPILLED_ROWS = "10000"  # in 400 kB

_alembic_version = sa.table("alembic_version", sa.column("version_num"))
_activity = sa.table("pg_stat_activity", sa.column("wait_event"), sa.column("usename"))


class Look(NamedTuple):
    """What the database says of itself: its revision, and which of `DURABILITY` are off."""

    revision: str
    off: list[str]


class Row(NamedTuple):
    """What a process of this chat writes of itself."""

    name: str
    revision: str
    bus: str
    bus_open_s: int | None


class Other(NamedTuple):
    """Another process of this chat that is alive."""

    name: str
    bus: str
    bus_open_s: int | None


def _before(seconds: int) -> sa.ColumnElement[datetime]:
    return sa.func.clock_timestamp() - sa.literal_column(f"interval '{seconds} s'")


def _writing() -> Insert:
    row = insert(heartbeats).values({name: sa.bindparam(name, type_=heartbeats.c[name].type) for name in Row._fields})
    changed = {name: row.excluded[name] for name in Row._fields} | {"beat_at": sa.func.clock_timestamp()}
    return row.on_conflict_do_update(index_elements=["name"], set_=changed)


_revision = sa.select(_alembic_version.c.version_num).scalar_subquery()
_LOOK = Prepared(sa.select(_revision, *(sa.func.current_setting(name) for name in DURABILITY)))

# Together they have PostgreSQL put some kilobytes on its disk, in a temporary file. A row that is written again and
# again finds room in its page, and in the log's file that is there already. So it would go on long after nobody else
# can write.
_rows = sa.func.generate_series(ONE, sa.literal_column(SPILLED_ROWS))
_FILL_A_PAGE = (
    Prepared(sa.select(sa.func.set_config(sa.literal_column("'work_mem'"), sa.literal_column(WORK_MEM), sa.true()))),
    Prepared(sa.select(sa.func.count()).select_from(_rows)),
)
_WRITE = Prepared(_writing())
_REMOVE_OLD = Prepared(sa.delete(heartbeats).where(heartbeats.c.beat_at < _before(OLD_S)))
_alive = heartbeats.c.beat_at > _before(FRESH_S), heartbeats.c.name != sa.bindparam("name", type_=sa.Text)
_OTHERS = Prepared(sa.select(*(heartbeats.c[name] for name in Other._fields)).where(*_alive))


async def look(conn: Connection) -> Look:
    """Read how the database is; the revision is "none" where it was never migrated."""
    try:
        ((revision, *settings),) = await _LOOK.run(conn, {})
    except psycopg2.errors.UndefinedTable:
        return Look("none", [])
    return Look(revision or "none", [name for name, is_on in zip(DURABILITY, settings, strict=True) if is_on == "off"])


async def write(conn: Connection, row: Row, *, tidies: bool) -> list[Other]:
    """Write the row of this process, and some kilobytes; returns the processes that are alive beside it.

    What it `tidies` are the rows of processes that ended long ago. All of it is one transaction.
    """
    tidying = (_REMOVE_OLD,) if tidies else ()
    rows = await run_in_turn(conn, (*_FILL_A_PAGE, *tidying, _WRITE, _OTHERS), row._asdict())
    return [Other(*each) for each in rows]


async def waits_for_standby(conn: AsyncConnection) -> bool:
    """Whether a commit of ours waits for a synchronous standby that does not answer."""
    waits = _activity.c.wait_event == "SyncRep", _activity.c.usename == sa.text("current_user")
    statement: sa.Select[Any] = sa.select(sa.exists().select_from(_activity).where(*waits))
    return bool((await conn.execute(statement)).scalar_one())
