"""The last day in numbers, for an operator."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import AddressConfig
from app.metrics.day import Day, last_day
from app.metrics.drawing import milliseconds
from app.people.command_line import as_table, in_transaction


def counted(config: AddressConfig, url: str) -> str:
    """A line for each number of the last 24 hours, and for each kind of refusal and of error.

    Raises:
        BadConfig: the database cannot be used.
    """

    async def count(conn: AsyncConnection) -> str:
        return as_table([("IN THE LAST DAY", "HOW MUCH"), *_lines(await last_day(conn))])

    return asyncio.run(in_transaction(config, url, count))


def _lines(day: Day) -> list[tuple[str, str]]:
    whole = day.whole
    times = {
        "half of all posts committed within": whole.commit_s(0.5),
        "99 of 100 posts committed within": whole.commit_s(0.99),
        "event loop late by, at the worst": whole.loop_lag_s,
    }
    counts = {
        "minutes that were recorded": whole.minutes,
        "posts": whole.of("posts"),
        "open sockets, at the most": whole.sockets,
        "log-ins refused": whole.of("log_ins_refused"),
    }
    lines = [(what, f"{count:,.0f}") for what, count in counts.items()]
    lines += [(what, "-" if seconds is None else milliseconds(seconds)) for what, seconds in times.items()]
    lines += [(f"sockets closed with {each.kind}", f"{each.count:,}") for each in day.happened("closes")]
    lines += [(f"refused: {each.sentence}", f"{each.count:,}") for each in day.happened("refusals")]
    return lines + [(f"error: {each.kind}: {each.sentence}", f"{each.count:,}") for each in day.happened("faults")]
