"""Blobs: bytes that are whole, once for each SHA-256."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import NotFound
from app.files.keeping import statements
from app.files.keeping.bucket import Bucket, BucketGone
from app.files.keeping.hashes import Hashes
from app.files.keeping.lane import Lane

CHUNK_BYTES = 512 * 1024


class Blob(NamedTuple):
    id: int
    size: int
    sha256: bytes


class Store:
    """One a process. What nothing points to is swept: who keeps bytes has a minute to point to them."""

    def __init__(self, engine: AsyncEngine, lane: Lane, bucket: Bucket | None = None) -> None:
        self._transactions, self._lane, self._bucket = engine, lane, bucket
        self.hashes = Hashes()

    async def read(self, blob_id: int, begin: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """The bytes from `begin` up to `end`, or all that are there, in pieces of at most a chunk.

        Raises:
            NotFound: some of them are gone.
            BucketGone
        """
        at = begin
        while end is None or at < end:
            rows = await self._lane.run(statements.CHUNK_AT, {"blob_id": blob_id, "at": at})
            if not rows:
                break
            begins, data = rows[0]
            piece = data[at - begins : None if end is None else end - begins]
            yield piece
            at += len(piece)
        else:
            return
        # There is no more of it in the database: it may have moved while it was read.
        async for piece in self._read_from_bucket(blob_id, at, end):
            yield piece

    async def _read_from_bucket(self, blob_id: int, begin: int, end: int | None) -> AsyncIterator[bytes]:
        async with self._transactions.connect() as conn:
            found = await statements.object_of(conn, blob_id)
        if found is not None and self._bucket is None:
            raise BucketGone("This file is in a bucket, and the server does not have its address.")
        if found is not None and self._bucket is not None:
            name, size = found
            async for piece in self._bucket.read(name, begin, min(size, size if end is None else end)):
                yield piece
        elif end is not None:
            raise NotFound("The bytes of this file are gone.")

    async def keep(self, source: AsyncIterator[bytes]) -> Blob:
        """Keep the bytes of `source`. Same bytes give the blob that has them already."""
        blob_id = await self.begin()
        kept: Blob | None = None
        try:
            kept = await self._as_whole(blob_id, *await self.write(blob_id, source))
        finally:
            if kept is None or kept.id != blob_id:
                await self.drop(blob_id)
        return kept

    async def begin(self) -> int:
        """A blob that has nothing yet; whoever asked drops it, or makes it whole."""
        async with self._transactions.begin() as conn:
            return await statements.make_blob(conn)

    async def write(self, blob_id: int, source: AsyncIterator[bytes]) -> tuple[int, bytes]:
        """Write bytes to a blob that has none; their size and SHA-256."""
        size, digest = 0, hashlib.sha256()
        async for data in in_chunks(source):
            digest.update(data)
            await self._lane.run(statements.ADD_CHUNK, {"blob_id": blob_id, "begins": size, "data": data})
            size += len(data)
        return size, digest.digest()

    async def settle(self, blob_id: int) -> Blob:
        """All bytes of a blob have come: it is whole from now on, or there is one that has the same bytes."""
        async with self._transactions.connect() as conn:
            if (found := await statements.sha256_of(conn, blob_id)) is not None:
                return Blob(blob_id, *found)
            size = await statements.size_of_chunks(conn, blob_id)
        digest = self.hashes.take(blob_id, size) or await self._hash(blob_id)
        return await self._as_whole(blob_id, size, digest.digest())

    async def drop(self, *blob_ids: int) -> None:
        """Delete those that no file points to."""
        async with self._transactions.begin() as conn:
            await statements.lock_blobs(conn, [*blob_ids])
            await statements.delete_unused(conn, [*blob_ids])

    async def _hash(self, blob_id: int) -> Any:
        digest = hashlib.sha256()
        async for data in self.read(blob_id):
            digest.update(data)
        return digest

    async def _as_whole(self, blob_id: int, size: int, sha256: bytes) -> Blob:
        while True:
            try:
                async with self._transactions.begin() as conn:
                    same = await statements.blob_with(conn, sha256)
                    if same is None:
                        await statements.set_whole(conn, blob_id, size, sha256)
                    return Blob(same or blob_id, size, sha256)
            except IntegrityError as error:
                if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "blobs_sha256_key":
                    raise
                # Somebody kept the same bytes meanwhile: now they are found.


async def in_chunks(source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of `CHUNK_BYTES`, but for the last one."""
    held = bytearray()
    async for data in source:
        held += data
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)
