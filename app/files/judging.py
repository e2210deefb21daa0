"""What a file is, once all its bytes have come."""

from contextlib import aclosing
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import NotFound
from app.db.schema import files
from app.files.keeping.store import Store
from app.pictures.sniff import HEAD_BYTES, kind_of


class Judging:
    """One a process."""

    def __init__(self, engine: AsyncEngine, store: Store) -> None:
        self._transactions, self._store = engine, store

    async def judge(self, file_id: UUID) -> None:
        """Find out what a file is; messages may carry it then. Again does no harm."""
        async with self._transactions.connect() as conn:
            came = (await conn.execute(select(files.c.blob_id).where(files.c.id == file_id))).scalar_one_or_none()
        if came is None:
            raise NotFound
        async with aclosing(self._store.read(came)) as pieces:
            judged = kind_of((await anext(pieces, b""))[:HEAD_BYTES])
        blob = await self._store.settle(came)
        values = {"type": judged.type, "kind": judged.kind, "blob_id": blob.id, "whole_at": func.clock_timestamp()}
        async with self._transactions.begin() as conn:
            await conn.execute(update(files).where(files.c.id == file_id, files.c.whole_at.is_(None)).values(**values))
        if blob.id != came:
            await self._store.drop(came)
