"""Keeps the index level with the rooms, and fills in what was there before it.

One process does it at a time, by a lock. The others look a second after what rang whether it was written: then they
leave the rest as well, so that not all of them read each message. The database says what is to be done, and each piece
is one transaction. So whoever dies, and wherever, nothing is left out and nothing stands there twice.
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.search.index import writing
from app.search.index.doorbell import Doorbell
from app.search.index.fill import Fill
from app.search.index.follower import Follower, follow
from app.search.index.pace import Pace

log = logging.getLogger(__name__)

GATHER_S = 0.1  # what is written meanwhile is one pass
COMPARE_S = 5.0  # all rooms, for rings that were lost
ASIDE_S, FILL_ASIDE_S = 1.0, 10.0  # while another process does the work
FILL_LOOK_S = 60.0  # where nothing is to be filled in: a backup may be restored under us
RETRY_S = 0.5  # when the database is out of reach
MOST, LEAST = 250, 50  # messages of one transaction; fewer after one that took too long


class Indexing:
    """The loop of one process."""

    def __init__(self, engine: AsyncEngine, doorbell: Doorbell, others: Iterable[Follower] = ()) -> None:
        self._transactions = engine
        self._doorbell, self._others = doorbell, others
        self._fill = Fill()
        self._pace = Pace()
        self._most = MOST
        self._pause_s = 0.0  # between a ring and its pass
        self._compare_at = self._fill_at = -math.inf

    async def index_for_ever(self) -> None:
        """Write what the doorbell rings for, every `COMPARE_S` what any room has behind its head; and fill; endless."""
        while True:
            if await self._doorbell.rung_by(min(self._compare_at, self._fill_at)):
                await asyncio.sleep(self._pause_s)
            try:
                await self._follow()
                if _now() >= self._fill_at:
                    await self._fill_in()
            except DATABASE_GONE as error:
                log.warning("cannot index messages reason=%s", cause_of(error).reason)
                self._most = max(LEAST, self._most // 2)
                self._compare_at = self._fill_at = _now() + RETRY_S
            else:
                self._most = min(MOST, self._most * 2)

    async def _follow(self) -> None:
        """One pass over the rooms that rang, or over all."""
        rung = self._doorbell.take()
        is_comparison = _now() >= self._compare_at
        if is_comparison:
            self._compare_at = _now() + COMPARE_S
        elif not rung:
            return
        async with self._transaction() as conn:
            done = None if conn is None else await follow(conn, rung, self._most, self._others, of_all=is_comparison)
        if done is None:
            self._doorbell.leave(rung)
            self._pause_s = ASIDE_S
            return
        for other in self._others:
            other.committed()
        self._doorbell.written(done.heads)
        self._doorbell.leave(done.behind)
        if done.is_elsewhere:
            self._pause_s, self._compare_at = ASIDE_S, _now() + COMPARE_S
        else:
            self._pause_s = max(0.0 if done.is_cut else GATHER_S, self._pace.rest_s)
            if done.is_cut and is_comparison:
                self._compare_at = _now() + self._pause_s

    async def _fill_in(self) -> None:
        """One batch of what was there before the index."""
        async with self._transaction() as conn:
            left = await self._fill.batch(conn, self._most) if conn is not None else None
        if conn is None:
            self._fill_at = _now() + ASIDE_S
        elif left is None:
            self._fill_at = _now() + FILL_ASIDE_S
        else:
            self._fill_at = _now() + (self._pace.rest_s if left else FILL_LOOK_S)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection | None]:
        """One that may write to the index; None while another process is at it."""
        with self._pace.working():
            async with self._transactions.begin() as conn:
                is_ours = await writing.is_ours(conn)
                if is_ours and await writing.renew(conn):
                    log.info("the index has other words than ours and is written anew")
                    self._fill, self._fill_at = Fill(), -math.inf
                yield conn if is_ours else None


def _now() -> float:
    return asyncio.get_running_loop().time()
