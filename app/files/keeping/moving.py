"""Moves bytes that are whole from the database to the bucket, and deletes objects that nothing points to.

Whatever dies, and wherever: a blob is in one of the two, whole, and no object stays that nobody would delete. Before an
object is put, its name is written down as a leftover; the transaction in which a blob begins to point to it takes that
away. No name is used twice, so whoever deletes a leftover never deletes what another one has put.
"""

import asyncio
import logging
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.files.keeping import bucket_statements as statements
from app.files.keeping.bucket import Bucket, BucketGone
from app.files.keeping.bucket_statements import Movable
from app.files.keeping.store import Store

log = logging.getLogger(__name__)

OUT_OF_REACH: tuple[type[Exception], ...] = (BucketGone, *DATABASE_GONE)
LOOK_S = 5.0
RETRY_S = 30.0  # when the bucket or the database is out of reach; files stay where they are meanwhile


class Moving:
    """One a process. Two that move the same blob at once do no harm: the object of the second is a leftover."""

    def __init__(self, engine: AsyncEngine, store: Store, bucket: Bucket) -> None:
        self._transactions, self._store, self._bucket = engine, store, bucket

    async def move_for_ever(self) -> None:
        """Move what is there, and look every `LOOK_S` for more; endless."""
        while True:
            try:
                await self.round()
            except OUT_OF_REACH as error:
                log.warning("cannot move files to the bucket reason=%s", cause_of(error).reason)
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(LOOK_S)

    async def round(self) -> None:
        """Move every blob that may move, and delete the leftovers."""
        while (blob := await self._next()) is not None and await self._move(blob):
            pass
        for name in await self._leftovers():
            await self._bucket.delete(name)
            async with self._transactions.begin() as conn:
                await statements.forget_leftover(conn, name)

    async def _next(self) -> Movable | None:
        async with self._transactions.connect() as conn:
            return await statements.movable(conn)

    async def _leftovers(self) -> list[str]:
        async with self._transactions.connect() as conn:
            return await statements.leftovers_to_delete(conn)

    async def _move(self, blob: Movable) -> bool:
        """Whether it was in time: its object may be deleted as a leftover after an hour."""
        name = f"{blob.id}-{uuid4().hex}"
        async with self._transactions.begin() as conn:
            await statements.write_leftover(conn, name)
        await self._bucket.put(name, self._store.read(blob.id, 0, blob.size), blob.size, blob.sha256)
        async with self._transactions.begin() as conn:
            if is_in_time := await statements.forget_leftover(conn, name):
                await statements.point_to_object(conn, blob.id, name)
        return is_in_time
