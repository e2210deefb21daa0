"""What people read of files: asked anew for each reading, and again while a long one goes on."""

import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth.service import Accounts
from app.base.errors import NotFound
from app.db.driver.engine import autocommit
from app.files.keeping.ahead import ahead
from app.files.keeping.store import Store
from app.files.serving.queries import Readable, Size, readable

ASK_AGAIN_S = 1.0  # whoever is removed reads nothing more two seconds later


class Reader(Struct, frozen=True):
    """Who reads, in which session."""

    user_id: int
    session_id: int


class Reading:
    """Only reads; `engine` is the primary's: on a replica, whoever was removed may still be a member."""

    def __init__(self, engine: AsyncEngine, store: Store, accounts: Accounts) -> None:
        self._autocommit, self._store, self._accounts = autocommit(engine), store, accounts

    async def find(self, user_id: int, file_id: uuid.UUID, size: Size | None = None) -> Readable:
        """A file that this person may read now.

        Raises:
            NotFound: there is none, or it is none of theirs: one answer for all.
        """
        async with self._autocommit.connect() as conn:
            found = await readable(conn, file_id, user_id, size)
        if found is None:
            raise NotFound()
        return found

    async def read(self, reader: Reader, found: Readable, part: range) -> AsyncGenerator[bytes, None]:
        """The bytes of a part of a file that was found for a person just now, a chunk at a time.

        Raises:
            NotFound: they may not read it any more, or their session has ended.
        """
        asked = time.monotonic()
        async with aclosing(ahead(self._store.read(found.blob_id, part.start, part.stop))) as chunks:
            async for chunk in chunks:
                if time.monotonic() - asked > ASK_AGAIN_S:
                    await self._ask_again(reader, found.id)
                    asked = time.monotonic()
                yield chunk

    async def _ask_again(self, reader: Reader, file_id: uuid.UUID) -> None:
        await self.find(reader.user_id, file_id)
        if not await self._accounts.living({reader.session_id}):
            raise NotFound()
