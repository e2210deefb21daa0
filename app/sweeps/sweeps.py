"""Deletes what is old, every hour: each kind by whichever process finds it due, in batches that each commit.

Rows that somebody holds are left for the next round, so a batch waits for nobody; and nobody waits for it for longer
than the deletion of `BATCH` rows takes. Messages that are older than their room keeps them are deleted one by one, as
people delete them: each waits for the lock of its room, which it holds no longer than that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.log_fields import fields
from app.chat.messages.expiry import expired, note_gone
from app.chat.service import ChatService
from app.db.driver.engine import autocommit
from app.db.driver.outlasting import outlasting
from app.sweeps import statements
from app.sweeps.kinds import Kind

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
LOOK_S = 60.0
FIRST_LOOK_S = 30.0  # after the start, when there is more to do
PAUSE_S = 0.05  # between two batches, for whoever does something that cannot wait
BATCH = 500
MESSAGES = "messages"  # the job's name, and how many go in one batch
MESSAGES_AT_ONCE = 100


class Sweeps:
    """One a process."""

    def __init__(self, engine: AsyncEngine, kinds: Sequence[Kind], chat: ChatService) -> None:
        self._transactions, self._autocommit, self._chat = engine, autocommit(engine), chat
        # By the name of its job: what does a batch of it, and how many rows a full one has.
        self._jobs: dict[str, tuple[Callable[[], Awaitable[int]], int]] = {
            kind.name: (partial(self.batch, kind), BATCH) for kind in kinds
        }
        self._jobs[MESSAGES] = self.batch_of_messages, MESSAGES_AT_ONCE

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
            await statements.add_jobs(conn, self._jobs)
        done: dict[str, int] = {}
        while (name := await self._take()) is not None:
            done[name] = await self._round(name)
        return done

    async def _take(self) -> str | None:
        async with self._transactions.begin() as conn:
            return await statements.take_job(conn, self._jobs, EVERY)

    async def _round(self, name: str) -> int:
        batch, most = self._jobs[name]
        removed, last = 0, most
        while last == most:
            last = await batch()
            removed += last
            await asyncio.sleep(PAUSE_S)
        async with self._transactions.begin() as conn:
            await statements.end_round(conn, name)
        if removed:
            log.info("swept", extra=fields(kind=name, removed=removed))
        return removed

    async def batch(self, kind: Kind) -> int:
        """Delete up to `BATCH` old rows in one transaction; how many went."""
        async with self._transactions.begin() as conn:
            removed = await statements.delete_old(conn, kind, BATCH)
            await statements.keep_job(conn, kind.name, EVERY, removed)
        return removed

    async def batch_of_messages(self) -> int:
        """Delete up to `MESSAGES_AT_ONCE` messages that are older than their rooms keep them; how many went."""
        async with self._autocommit.connect() as conn:
            found = await expired(conn, MESSAGES_AT_ONCE)
        await self._chat.remove(found)
        async with self._autocommit.connect() as conn:
            for room in sorted({room for _, room, _ in found}):
                await note_gone(conn, room)  # each by itself: many together might wait for a post that waits for them
        async with self._transactions.begin() as conn:
            await statements.keep_job(conn, MESSAGES, EVERY, len(found))
        return len(found)
