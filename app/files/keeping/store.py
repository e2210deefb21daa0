"""The bytes of files, a chunk at a time."""

from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.engine import autocommit
from app.db.file_tables import chunks


class Store:
    """One a process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._autocommit = autocommit(engine)

    async def read(self, blob_id: int, begin: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob from one offset to before another, a chunk at a time."""
        while end is None or begin < end:
            async with self._autocommit.connect() as conn:
                query = select(chunks.c.begins, chunks.c.data).where(chunks.c.blob_id == blob_id)
                query = query.where(chunks.c.begins <= begin).order_by(chunks.c.begins.desc()).limit(1)
                row = (await conn.execute(query)).one()
            data = bytes(row.data)[begin - row.begins : None if end is None else end - row.begins]
            if not data:
                return
            yield data
            begin += len(data)
