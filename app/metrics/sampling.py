"""Keeps what a process did in each minute in the database, so that a day of it can be drawn after any restart.

A row a minute and process. While the database is away its minutes wait here, and are written when it is back.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.log_fields import fields
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.live.refusals import refusals
from app.metrics import samples
from app.metrics.catalogue import Numbers
from app.metrics.faults import Faults

log = logging.getLogger(__name__)

EVERY_S = 60.0
LAST_S = 2.0  # for the last row of a process that stops
MOST_WAITING = 180  # minutes
KEPT = timedelta(days=2)
FAILED: tuple[type[Exception], ...] = (DBAPIError, *DATABASE_GONE)
COUNTERS = ("posts", "deliveries", "commit_seconds", "closes", "gaps_healed", "log_ins_refused")

Counts = dict[str, float]
"""By the name of a number, and behind a space its label: that of `refusals` and `faults` is a kind and a sentence."""


class Sample(NamedTuple):
    """What a process did since the sample before, which it took at `taken` of the loop's time."""

    taken: float
    sockets: float
    loop_lag_s: float
    counts: Counts


class Sampling:
    """One a process, called `process`; `read` has its numbers, `faults` those of its log."""

    def __init__(self, engine: AsyncEngine, process: str, read: Callable[[], Numbers], faults: Faults) -> None:
        self._transactions, self._process, self._read, self._faults = engine, process, read, faults
        self._before = self._counts(read())
        self._waiting: deque[Sample] = deque(maxlen=MOST_WAITING)

    async def sample_for_ever(self) -> None:
        """Keep a row every minute; endless."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.keep()

    async def keep_last(self) -> None:
        """Keep what was done since the last row, if that can be done at once: the process stops."""
        try:
            await asyncio.wait_for(self.keep(), LAST_S)
        except TimeoutError:
            log.info("the last numbers are not kept")

    async def keep(self) -> None:
        """Take a sample, and write all that wait, if the database is there."""
        self._take()
        try:
            await self._write()
        except FAILED as error:
            log.warning("numbers of the day cannot be kept", extra=fields(reason=cause_of(error).reason))

    def _take(self) -> None:
        numbers = self._read()
        counts, before = self._counts(numbers), self._before
        rises = {name: rise for name, count in counts.items() if (rise := count - before.get(name, 0)) > 0}
        sockets, lag_s = numbers["sockets"][""], numbers["loop_lag_seconds"][""]
        self._waiting.append(Sample(asyncio.get_running_loop().time(), sockets, lag_s, rises))
        self._before = counts

    async def _write(self) -> None:
        async with self._transactions.begin() as conn:
            now, waiting = asyncio.get_running_loop().time(), [*self._waiting]
            rows = [(now - each.taken, each.sockets, each.loop_lag_s, each.counts) for each in waiting]
            await samples.add(conn, self._process, rows)
        for _ in waiting:
            self._waiting.popleft()

    def _counts(self, numbers: Numbers) -> Counts:
        counts = {
            f"{name} {label}".rstrip(): value
            for name in COUNTERS
            for label, value in numbers[name].items()
            if label != "sum"
        }
        counts |= {f"refusals {code} {sentence}": count for (code, sentence), count in refusals.items()}
        return counts | {f"faults {part} {said}": count for (part, said), count in self._faults.counts().items()}
