"""Files that come from elsewhere and not through an upload, such as those of another chat.

They are kept as uploads are: the same bytes once, within the limits of this server, judged before a message may carry
them. Whatever ends it, it is done again with the same id: a file is here once.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.messages.parts.files import File
from app.files.keeping.statements import FILE_KEPT
from app.files.keeping.store import Store
from app.files.uploads import statements
from app.files.uploads.refusals import IdTaken, ServerFull, TooLarge
from app.files.uploads.service import MEGABYTE, Judge, hashed, judged_until_kept
from app.files.uploads.statements import Upload


class Bringing:
    """One a process. `most_mb` are of one file, `total_mb` of all that are kept here."""

    def __init__(self, engine: AsyncEngine, store: Store, judge: Judge, *, most_mb: int, total_mb: int) -> None:
        self._transactions, self._store, self._judge = engine, store, judge
        self._most_bytes, self._total_bytes = most_mb * MEGABYTE, total_mb * MEGABYTE

    async def bring(self, wanted: Upload, name: str, alt: str, source: AsyncIterator[bytes]) -> File:
        """Keep a file for its owner, and find out what it is; `wanted.size` counts for nothing.

        One that is here already, with that id, is not read again. A message must carry it within half a day.

        Raises:
            TooLarge, ServerFull: nothing is kept.
            IdTaken: somebody else has a file with that id.
            Unavailable: too many pictures wait.
        """
        there = await self._here(wanted)
        if there is None:
            await self._receive(wanted, name, alt, source)
        await judged_until_kept(self._judge, wanted.id)
        async with self._transactions.connect() as conn:
            found = await statements.file_of(conn, wanted.id)
        assert found is not None  # noqa: S101 (it was judged, and is kept for longer than this takes)
        return found

    async def _here(self, wanted: Upload) -> Upload | None:
        """The file, if its bytes came before. What is too old to be kept for long, or has only begun, is deleted."""
        async with self._transactions.begin() as conn:
            there = await statements.upload_of(conn, wanted.id)
            if there is not None and there.owner_id != wanted.owner_id:
                raise IdTaken
            if there is None or _is_new(there):
                return there
            blob_ids = await statements.delete_unsent(conn, wanted.id)
        if blob_ids is None:  # a message carries it
            return there
        await self._store.drop(*blob_ids)
        return None

    async def _receive(self, wanted: Upload, name: str, alt: str, source: AsyncIterator[bytes]) -> None:
        async with self._transactions.connect() as conn:
            left = self._total_bytes - await statements.total(conn)
        blob_id, age = await self._store.begin(), self._store.hashes.age
        is_kept, digest = False, hashlib.sha256()
        try:
            size, _ = await self._store.write(blob_id, hashed(digest, self._bounded(source, left)))
            async with self._transactions.begin() as conn:
                await statements.one_at_a_time(conn)
                if await statements.summed_total(conn) + size > self._total_bytes:
                    raise ServerFull
                made = wanted._replace(size=size, received=size, blob_id=blob_id)
                await statements.make_upload(conn, made, name, alt)
            is_kept = True
        finally:
            if not is_kept:
                await self._store.drop(blob_id)
        self._store.hashes.put(blob_id, size, digest, age)

    async def _bounded(self, source: AsyncIterator[bytes], left: int) -> AsyncIterator[bytes]:
        size = 0
        async for data in source:
            size += len(data)
            if size > self._most_bytes:
                raise TooLarge("This file is larger than files may be here.")
            if size > left:
                raise ServerFull
            yield data


def _is_new(there: Upload) -> bool:
    return there.whole_at is not None and there.whole_at > datetime.now(UTC) - FILE_KEPT / 2
