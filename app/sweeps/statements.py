"""The statements of sweeping, one function each. They never commit."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import jobs
from app.sweeps.kinds import Kind

_NOW = sa.func.clock_timestamp()
_place: sa.ColumnClause[object] = sa.literal_column("ctid")


async def add_jobs(conn: AsyncConnection, names: Collection[str]) -> None:
    """Have a job of each of these names; those that are there stay as they are."""
    await conn.execute(insert(jobs).values([{"name": name} for name in names]).on_conflict_do_nothing())


async def take_job(conn: AsyncConnection, names: Collection[str], every: timedelta) -> str | None:
    """One of these that is due, which nobody else takes within `every`; None where none is."""
    due = sa.select(jobs.c.name).where(jobs.c.name.in_(names), jobs.c.due_at <= _NOW).order_by(jobs.c.due_at).limit(1)
    locked = due.with_for_update(skip_locked=True).scalar_subquery()
    taken = sa.update(jobs).where(jobs.c.name == locked).values(due_at=_NOW + every)
    name: str | None = (await conn.execute(taken.returning(jobs.c.name))).scalar_one_or_none()
    return name


async def keep_job(conn: AsyncConnection, name: str, every: timedelta, removed: int) -> None:
    """Go on with a job that was taken: so many rows went."""
    values = {"due_at": _NOW + every, "removed": jobs.c.removed + removed}
    await conn.execute(sa.update(jobs).where(jobs.c.name == name).values(values))


async def end_round(conn: AsyncConnection, name: str) -> None:
    """A round of a job is at its end."""
    await conn.execute(sa.update(jobs).where(jobs.c.name == name).values(ended_at=_NOW))


async def delete_old(conn: AsyncConnection, kind: Kind, most: int) -> int:
    """Delete up to so many old rows that nobody holds; how many went.

    They are found by their places: a plan for keys may read the whole table for each batch.
    """
    old = sa.select(_place).select_from(kind.table).where(kind.is_old).limit(most).with_for_update(skip_locked=True)
    places = sa.func.array(old.scalar_subquery())
    return (await conn.execute(sa.delete(kind.table).where(_place == sa.func.any(places)))).rowcount
