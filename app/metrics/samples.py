"""The statements about samples, one function each. Nothing commits here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import samples

_NOW = sa.func.clock_timestamp()


class Gauges(NamedTuple):
    """Of one span: in how many minutes there is a sample, and the worst of any of them, of all processes together."""

    begin: datetime
    minutes: int
    sockets: int
    loop_lag_s: float


class Count(NamedTuple):
    """How often something was counted in one span, and when the last of its samples was taken."""

    begin: datetime
    name: str
    times: float
    last: datetime


async def add(
    conn: AsyncConnection, process: str, rows: Iterable[tuple[float, float, float, dict[str, float]]]
) -> None:
    """Add samples of a process: how many seconds ago each was taken, sockets, seconds of lag, counts."""
    values = [
        {"taken_at": _NOW - timedelta(seconds=age), "process": process, "sockets": sockets, "loop_lag_s": lag_s}
        | {"counts": counts}
        for age, sockets, lag_s, counts in rows
    ]
    await conn.execute(sa.insert(samples).values(values))


async def now(conn: AsyncConnection) -> datetime:
    """The time of the database."""
    moment: datetime = (await conn.execute(sa.select(_NOW))).scalar_one()
    return moment


async def gauges(conn: AsyncConnection, until: datetime, whole: timedelta, span: timedelta) -> list[Gauges]:
    """Those of each span of the time before `until` in which there is a sample, the oldest first."""
    minute = sa.func.date_trunc("minute", samples.c.taken_at)
    most = sa.func.max(samples.c.sockets).label("sockets"), sa.func.max(samples.c.loop_lag_s).label("lag_s")
    of_processes = (
        sa.select(minute.label("minute"), sa.func.max(samples.c.taken_at).label("taken_at"), *most)
        .where(*_within(until, whole))
        .group_by(minute, samples.c.process)
        .subquery()
    )
    each = of_processes.c
    of_minutes = (
        sa.select(sa.func.max(each.taken_at).label("taken_at"), sa.func.sum(each.sockets).label("sockets"))
        .add_columns(sa.func.max(each.lag_s).label("lag_s"))
        .group_by(each.minute)
        .subquery()
    )
    all_in = of_minutes.c
    begin = _begin(all_in.taken_at, until, span)
    worst = sa.func.count(), sa.func.max(all_in.sockets), sa.func.max(all_in.lag_s)
    rows = await conn.execute(sa.select(begin, *worst).group_by(begin).order_by(begin))
    return [Gauges(at, minutes, int(sockets), lag_s) for at, minutes, sockets, lag_s in rows]


async def counts(conn: AsyncConnection, until: datetime, whole: timedelta, span: timedelta) -> list[Count]:
    """What was counted in each span of the time before `until`, in all processes."""
    pairs = sa.func.jsonb_each_text(samples.c.counts).table_valued("key", "value", name="pairs").render_derived()
    begin = _begin(samples.c.taken_at, until, span)
    total = sa.func.sum(sa.cast(pairs.c.value, sa.Float))
    statement = (
        sa.select(begin, pairs.c.key, total, sa.func.max(samples.c.taken_at))
        .select_from(samples.join(pairs, sa.true()))
        .where(*_within(until, whole))
        .group_by(begin, pairs.c.key)
    )
    return [Count(*row) for row in await conn.execute(statement)]


def _within(until: datetime, whole: timedelta) -> tuple[sa.ColumnElement[bool], ...]:
    return samples.c.taken_at >= until - whole, samples.c.taken_at < until


def _begin(taken_at: sa.ColumnElement[datetime], until: datetime, span: timedelta) -> sa.ColumnElement[datetime]:
    # As literals: else PostgreSQL takes the same expression twice for two, and refuses to group by it.
    width: sa.ColumnElement[timedelta] = sa.literal_column(f"INTERVAL '{span.total_seconds():.0f} seconds'")
    origin: sa.ColumnElement[datetime] = sa.literal_column(f"TIMESTAMPTZ '{until.isoformat()}'")
    found: sa.ColumnElement[datetime] = sa.func.date_bin(width, taken_at, origin)
    return found
