"""What a file is, once all its bytes have come; of a picture, what is shown of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.base.errors import NotFound
from app.db.schema import files
from app.files.keeping.store import Store
from app.pictures.pictures import Made, Pictures
from app.pictures.refusal import NotShowable
from app.pictures.sniff import FILE, HEAD_BYTES, Judged, kind_of

_PIECE_BYTES = 512 * 1024
_BLOBS = ("blob_id", "small_id", "large_id")


class Judging:
    """One a process."""

    def __init__(self, engine: AsyncEngine, store: Store, pictures: Pictures) -> None:
        self._transactions, self._store, self._pictures = engine, store, pictures

    async def judge(self, file_id: UUID) -> None:
        """Find out what a file is; messages may carry it then. Again does no harm.

        Raises:
            NotFound
            Unavailable: too many pictures wait.
        """
        async with self._transactions.connect() as conn:
            came = await _unjudged(conn, file_id)
        if came is None:
            return
        async with aclosing(self._store.read(came)) as pieces:
            judged = kind_of((await anext(pieces, b""))[:HEAD_BYTES])
        values = await self._values(came, judged)
        async with self._transactions.begin() as conn:
            await _set_whole(conn, file_id, values)
        # The bytes that came, if others are served now; all that was made, if the file was judged or ended meanwhile.
        await self._store.drop(came, *(values[name] for name in _BLOBS if values.get(name)))

    async def _values(self, came: int, judged: Judged) -> dict[str, Any]:
        if judged.kind == "picture":
            try:
                return await self._picture(came, judged)
            except NotShowable as reason:
                return await self._file(came, FILE, reason=str(reason))
        return await self._file(came, judged)

    async def _file(self, came: int, judged: Judged, reason: str | None = None) -> dict[str, Any]:
        """The columns of a file that stays as it came."""
        blob = await self._store.settle(came)
        return {"kind": judged.kind, "type": judged.type, "blob_id": blob.id, "reason": reason}

    async def _picture(self, came: int, judged: Judged) -> dict[str, Any]:
        """The columns of a picture, of which everything is kept that is shown.

        Raises:
            NotShowable
        """
        async with self._pictures.made(self._store.read(came), judged.type) as made:
            kept = {name: await self._kept(file) for name, file in _files(made).items()}
            shown = {"width": made.width, "height": made.height, "placeholder": made.placeholder}
        return {"kind": judged.kind, "type": judged.type, **shown, **kept}

    async def _kept(self, file: BinaryIO | None) -> int | None:
        return None if file is None else (await self._store.keep(_pieces(file))).id


def _files(made: Made) -> dict[str, BinaryIO | None]:
    return {"blob_id": made.original, "small_id": made.small, "large_id": made.large}


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
        yield piece


async def _unjudged(conn: AsyncConnection, file_id: UUID) -> int | None:
    """The bytes of a file that came; None if it is judged already.

    Raises:
        NotFound
    """
    row = (await conn.execute(select(files.c.blob_id, files.c.whole_at).where(files.c.id == file_id))).one_or_none()
    if row is None:
        raise NotFound
    return None if row.whole_at is not None else row.blob_id


async def _set_whole(conn: AsyncConnection, file_id: UUID, values: dict[str, Any]) -> None:
    still = update(files).where(files.c.id == file_id, files.c.whole_at.is_(None))
    await conn.execute(still.values(**values, whole_at=func.clock_timestamp()))
