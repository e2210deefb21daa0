"""Takes the notices that are due, and lets those go on that still call for somebody.

Each is taken by one process, in the transaction that puts its pushes on their way: both happen, or none does.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.waiting import is_set_within
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.notices import queries
from app.notices.queries import Due
from app.notices.wording import Calling

log = logging.getLogger(__name__)

MOST = 500  # of one transaction
LOOK_S = 5.0  # for those that another process noted, or left
RETRY_S = 1.0

Show = Callable[[Sequence[Calling]], None]


class Judging:
    """One a process. `show` gets what calls, for the pages that are open; `rung` is set when some are due."""

    def __init__(self, engine: AsyncEngine, rung: asyncio.Event, pushes_rung: asyncio.Event, show: Show) -> None:
        self._transactions = engine
        self._rung, self._pushes_rung, self._show = rung, pushes_rung, show

    async def judge_for_ever(self) -> None:
        """Judge what is due; endless."""
        while True:
            self._rung.clear()  # before the look: a ring after it is not lost
            try:
                is_done = await self._judge() < MOST
            except DATABASE_GONE as error:
                log.warning("cannot judge notices reason=%s", cause_of(error).reason)
                await asyncio.sleep(RETRY_S)
                continue
            if is_done:
                await is_set_within(self._rung, LOOK_S)

    async def _judge(self) -> int:
        """Judge some; how many."""
        async with self._transactions.begin() as conn:
            due = await queries.take_due(conn, MOST)
            now = datetime.now(UTC)
            wanted = [each for each in await queries.calling(conn, due) if each.is_wanted(now)]
            away = [Due(each.room, each.seq, each.user) for each in wanted if not each.is_in_use]
            has_pushes = await queries.push(conn, away)
        self._show(wanted)
        if has_pushes:
            self._pushes_rung.set()
        return len(due)
