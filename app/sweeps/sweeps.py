"""Deletes what is old, every hour: each kind by whichever process finds it due, in batches that each commit.

Rows that somebody holds are left for the next round, so a batch waits for nobody; and nobody waits for it for longer
than the deletion of `BATCH` rows takes.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.log_fields import fields
from app.db.driver.outlasting import outlasting
from app.sweeps import statements
from app.sweeps.kinds import Kind

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
LOOK_S = 60.0
FIRST_LOOK_S = 30.0  # after the start, when there is more to do
PAUSE_S = 0.05  # between two batches, for whoever does something that cannot wait
BATCH = 500


class Sweeps:
    """One a process."""

    def __init__(self, engine: AsyncEngine, kinds: Sequence[Kind]) -> None:
        self._transactions = engine
        self._kinds = {kind.name: kind for kind in kinds}

    async def sweep_for_ever(self) -> None:
        """Look every minute for what is due; endless."""
        await asyncio.sleep(FIRST_LOOK_S)
        while True:
            with outlasting(log, "cannot sweep"):
                await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> dict[str, int]:
        """Do what is due and nobody else does; how many rows of each kind went."""
        async with self._transactions.begin() as conn:
            await statements.add_jobs(conn, self._kinds)
        done: dict[str, int] = {}
        while (name := await self._take()) is not None:
            done[name] = await self._round(self._kinds[name])
        return done

    async def _take(self) -> str | None:
        async with self._transactions.begin() as conn:
            return await statements.take_job(conn, self._kinds, EVERY)

    async def _round(self, kind: Kind) -> int:
        removed, last = 0, BATCH
        while last == BATCH:
            last = await self.batch(kind)
            removed += last
            await asyncio.sleep(PAUSE_S)
        async with self._transactions.begin() as conn:
            await statements.end_round(conn, kind.name)
        if removed:
            log.info("swept", extra=fields(kind=kind.name, removed=removed))
        return removed

    async def batch(self, kind: Kind) -> int:
        """Delete up to `BATCH` old rows in one transaction; how many went."""
        async with self._transactions.begin() as conn:
            removed = await statements.delete_old(conn, kind, BATCH)
            await statements.keep_job(conn, kind.name, EVERY, removed)
        return removed
