"""Uploads of people: begun, gone on with, ended. What has arrived is judged, then a message may carry it.

An upload is rows in the database and nothing else, so any process goes on with it at the byte where it is.
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.base.config import Config
from app.base.errors import NotFound
from app.chat.messages.parts.files import File
from app.files.keeping.ahead import ahead
from app.files.keeping.lane import Lane
from app.files.keeping.statements import make_blob
from app.files.keeping.store import Store
from app.files.uploads import statements
from app.files.uploads.refusals import FileInUse, IdTaken, OffsetConflict, ServerFull, TooLarge, TooManyUploads
from app.files.uploads.statements import Upload
from app.files.uploads.tus import Checksum
from app.limits.limits import Limits

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST_UNSENT, UNSENT_SINCE = 100, timedelta(days=1)  # files of one person that are in no message
JUDGED_IN_S = 10.0  # and after that without whoever waits: routers end a request after 30 s
SWEPT_MOST = 3  # times in a row

Judge = Callable[[UUID], Awaitable[None]]


class Uploads:
    """One a process."""

    def __init__(
        self, config: Config, engine: AsyncEngine, lane: Lane, store: Store, limits: Limits, judge: Judge
    ) -> None:
        self._transactions, self._lane, self._store = engine, lane, store
        self._limits, self._judge = limits, judge
        self._most_bytes = config.file_mb * MEGABYTE
        self._most_total = config.files_total_mb * MEGABYTE
        self._judging: dict[UUID, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Stop judging; whoever asks next for these files begins anew."""
        for task in self._judging.values():
            task.cancel()
        await asyncio.gather(*self._judging.values(), return_exceptions=True)

    async def begin(self, owner_id: int, file_id: UUID, size: int, name: str, alt: str) -> Upload:
        """Announce a file of `size` bytes. Again does no harm; it may describe the picture anew.

        Raises:
            TooLarge, ServerFull, TooManyUploads
            IdTaken: by somebody else, or by a file of another size.
            RateLimited
        """
        self._limits.count_upload(owner_id)
        if size > self._most_bytes:
            raise TooLarge(f"This file is too large: {_megabytes(size)} MB, and {_megabytes(self._most_bytes)} MB fit.")
        async with self._transactions.begin() as conn:
            await statements.one_at_a_time(conn)
            there = await statements.upload_of(conn, file_id)
            if there is None:
                return await self._make(conn, Upload(file_id, owner_id, size), name, alt)
            if (there.owner_id, there.size) != (owner_id, size):
                raise IdTaken
            await statements.set_alt(conn, file_id, alt)
            return there

    async def find(self, owner_id: int, file_id: UUID) -> Upload:
        """An upload of somebody as it is now.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        async with self._transactions.connect() as conn:
            found = await statements.upload_of(conn, file_id)
        if found is None or found.owner_id != owner_id:
            raise NotFound
        return found

    async def receive(
        self, owner_id: int, file_id: UUID, at: int, source: AsyncIterator[bytes], checksum: Checksum | None = None
    ) -> int:
        """Keep what comes, from the offset `at` on; the offset after it.

        What came before an error is kept. With a checksum, nothing of it is.

        Raises:
            NotFound
            OffsetConflict: the upload is at another byte, or somebody else goes on with it at the same time.
            TooLarge: more came than was announced.
            ChecksumMismatch
        """
        upload = await self.find(owner_id, file_id)
        if upload.received != at:
            raise OffsetConflict
        if checksum is None:
            at = await self._receive(upload, source)
        else:
            at += await self._receive_checked(upload, checksum.over(source))
        if at == upload.size:
            await self.judged(upload)
        return at

    def judge_soon(self, upload: Upload) -> None:
        """Begin to judge a file of which all bytes have come, if whoever began it has died."""
        if upload.has_all and upload.whole_at is None:
            self._begin_judging(upload.id)

    async def judged(self, upload: Upload) -> None:
        """Wait a while until a file of which all bytes have come is judged; that goes on without us.

        Raises what the judging raises; asking again begins it anew.
        """
        if upload.whole_at is not None:
            return
        task = self._begin_judging(upload.id)
        await asyncio.wait([task], timeout=JUDGED_IN_S)
        if task.done():
            task.result()

    async def file(self, upload: Upload) -> File | None:
        """A file as messages show it, None where none may yet."""
        async with self._transactions.connect() as conn:
            return await statements.file_of(conn, upload.id)

    async def end(self, owner_id: int, file_id: UUID) -> None:
        """Take an upload back, or a file that was not sent.

        Raises:
            NotFound
            FileInUse: a message shows it.
        """
        await self.find(owner_id, file_id)
        try:
            async with self._transactions.begin() as conn:
                blob_ids = await statements.delete_unsent(conn, file_id)
        except IntegrityError:  # a message took it up at this moment
            blob_ids = None
        if blob_ids is None:
            raise FileInUse
        await self._store.drop(*blob_ids)

    async def _receive(self, upload: Upload, source: AsyncIterator[bytes]) -> int:
        at, age = upload.received, self._store.hashes.age
        digest = self._store.hashes.take(upload.blob_id, at)
        # The hash of a piece is taken while the one before it is written.
        async for data in ahead(hashed(digest, _bounded(upload, source))):
            if not await self._lane.run(statements.RECEIVE, _piece(upload.id, at, data)):
                raise OffsetConflict
            at += len(data)
        if digest is not None:
            self._store.hashes.put(upload.blob_id, at, digest, age)
        return at

    async def _receive_checked(self, upload: Upload, source: AsyncIterator[bytes]) -> int:
        """How many bytes came. They wait in a blob of their own until all are known to be right."""
        staged_id = await self._store.begin()
        try:
            count, _ = await self._store.write(staged_id, _bounded(upload, source))
            async with self._transactions.begin() as conn:
                if not await statements.take_over(conn, upload, count, staged_id):
                    raise OffsetConflict
        finally:
            await self._store.drop(staged_id)
        return count

    async def _make(self, conn: AsyncConnection, upload: Upload, name: str, alt: str) -> Upload:
        if await statements.unsent(conn, upload.owner_id, UNSENT_SINCE) >= MOST_UNSENT:
            raise TooManyUploads
        if await statements.summed_total(conn) + upload.size > self._most_total:
            raise ServerFull
        made = upload._replace(blob_id=await make_blob(conn))
        await statements.make_upload(conn, made, name, alt)
        return made

    def _begin_judging(self, file_id: UUID) -> asyncio.Task[None]:
        task = self._judging.get(file_id)
        if task is None:
            task = self._judging[file_id] = asyncio.create_task(judged_until_kept(self._judge, file_id))
            task.add_done_callback(lambda done: self._end_judging(file_id, done))
        return task

    def _end_judging(self, file_id: UUID, task: asyncio.Task[None]) -> None:
        del self._judging[file_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("cannot judge a file reason=%s", type(error).__name__)


async def judged_until_kept(judge: Judge, file_id: UUID) -> None:
    """Find out what a file is. Raises what the judging raises."""
    for _ in range(SWEPT_MOST):
        try:
            return await judge(file_id)
        except IntegrityError:  # the same bytes were there already, and were swept at this moment
            continue
    return await judge(file_id)


async def hashed(digest: Any | None, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, each of which is put into the hash, if there is one."""
    async for data in source:
        if digest is not None:
            digest.update(data)
        yield data


async def _bounded(upload: Upload, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Raises TooLarge before the piece with more than was announced."""
    at = upload.received
    async for data in source:
        at += len(data)
        if at > upload.size:
            raise TooLarge("More bytes came than were announced.")
        yield data


def _piece(file_id: UUID, at: int, data: bytes) -> dict[str, object]:
    return {"id": file_id, "at": at, "count": len(data), "data": data}


def _megabytes(size: int) -> str:
    """Rounded up: nothing that fits looks too large."""
    return f"{math.ceil(size / MEGABYTE * 10) / 10}".removesuffix(".0")
