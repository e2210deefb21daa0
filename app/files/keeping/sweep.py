"""Deletes what nothing points to: files after a day, bytes after a minute, and at once where it is rung for.

Each step is a transaction of its own, by one process at a time. A step that is lost is taken by a later round.
"""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.waiting import is_set_within
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.files.keeping import statements
from app.files.keeping.store import Store

log = logging.getLogger(__name__)

ROUND_S = 600.0
FIRST_ROUND_S = 30.0  # after the start, when there is more to do
RETRY_S = 5.0  # when the database is out of reach
PAUSE_S = 0.05  # between two steps, for whoever does something that cannot wait
STEP = 500  # rows that are looked at
DROPPED = 8  # blobs of one transaction


class Sweep:
    """One a process."""

    def __init__(self, engine: AsyncEngine, store: Store) -> None:
        self._transactions, self._store = engine, store
        self._left: set[int] = set()
        self._rung = asyncio.Event()
        self._last_file: tuple[datetime, UUID] | None = None  # all files before it are in messages

    def ring(self, blob_ids: Collection[int]) -> None:
        """What pointed to these blobs was deleted. Never waits."""
        self._left.update(blob_ids)
        self._rung.set()

    async def sweep_for_ever(self) -> None:
        """Drop what is rung for, and make a round every `ROUND_S`; endless."""
        loop = asyncio.get_running_loop()
        round_at = loop.time() + FIRST_ROUND_S
        while True:
            await is_set_within(self._rung, round_at - loop.time())
            try:
                await self._drop_left()
                if loop.time() >= round_at:
                    await self.round()
                    round_at = loop.time() + ROUND_S
            except DATABASE_GONE as error:
                log.warning("cannot sweep files reason=%s", cause_of(error).reason)
                await asyncio.sleep(RETRY_S)

    async def round(self) -> None:
        """Look at every file and every blob once; at a file that is in a message, never again."""
        while (found := await self._step_of_files()) is not None:
            self._last_file = found
            await asyncio.sleep(PAUSE_S)
        last_blob: int | None = 0
        while last_blob is not None:
            last_blob = await self._step_of_blobs(last_blob)
            await asyncio.sleep(PAUSE_S)

    async def _step_of_files(self) -> tuple[datetime, UUID] | None:
        """The last file that was looked at, None where there is no other."""
        async with self._transactions.begin() as conn:
            if not await statements.is_ours(conn):
                return None
            files = await statements.old_files(conn, self._last_file, STEP)
            left = await statements.delete_unused_files(conn, [file.id for file in files if file.is_unused])
        await self._drop([*left])
        return (files[-1].created_at, files[-1].id) if files else None

    async def _step_of_blobs(self, after: int) -> int | None:
        """The last blob that was looked at, None where there is no other."""
        async with self._transactions.begin() as conn:
            if not await statements.is_ours(conn):
                return None
            blobs = await statements.blobs_after(conn, after, STEP)
        await self._drop([blob.id for blob in blobs if blob.is_unused])
        return blobs[-1].id if blobs else None

    async def _drop_left(self) -> None:
        self._rung.clear()
        left, self._left = self._left, set()
        try:
            await self._drop([*left])
        except BaseException:
            self.ring(left)
            raise

    async def _drop(self, blob_ids: list[int]) -> None:
        for begin in range(0, len(blob_ids), DROPPED):
            await self._store.drop(*blob_ids[begin : begin + DROPPED])
