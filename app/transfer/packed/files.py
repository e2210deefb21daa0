"""The files that messages carry, on their way out: what a line says of them, and their bytes, each once."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.errors import NotFound
from app.db.schema import attachments, blobs, chunks, files
from app.files.keeping.store import Store

AT_ONCE = 100


def carried_by(messages: Table) -> ColumnElement[Any]:
    """The files of a message in their order, with the fields of `lines.File`."""
    values = {"id": files.c.id, "name": files.c.name, "type": files.c.type, "size": blobs.c.size, "alt": files.c.alt}
    sha256 = func.encode(blobs.c.sha256, "hex")
    one = func.json_build_object(*(each for pair in values.items() for each in pair), "sha256", sha256)
    carried = (
        select(func.json_agg(aggregate_order_by(one, attachments.c.position)))
        .join_from(attachments, files, files.c.id == attachments.c.file_id)
        .join(blobs, blobs.c.id == files.c.blob_id)
        .where(attachments.c.room_id == messages.c.room_id, attachments.c.seq == messages.c.seq)
    )
    return carried.correlate(messages).scalar_subquery()


async def bytes_of_files(conn: AsyncConnection, store: Store) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
    """The SHA-256 and the bytes of all that messages carry, in the order of the SHA-256, as `conn` sees it.

    What is in a bucket and was deleted since then is passed over.

    Raises:
        BucketGone
    """
    after = b""
    while rows := (await conn.execute(_carried_after(after))).all():
        for row in rows:
            if row.place == "database":
                yield row.sha256.hex(), _chunks(conn, row.id)
            elif (content := await _in_bucket(store, row.id, row.size)) is not None:
                yield row.sha256.hex(), content
        after = rows[-1].sha256


def _carried_after(after: bytes) -> Any:
    is_carried = (
        select(attachments.c.file_id)
        .join_from(attachments, files, files.c.id == attachments.c.file_id)
        .where(files.c.blob_id == blobs.c.id)
        .exists()
    )
    found = select(blobs.c.id, blobs.c.sha256, blobs.c.size, blobs.c.place).where(blobs.c.sha256 > after, is_carried)
    return found.order_by(blobs.c.sha256).limit(AT_ONCE)


async def _chunks(conn: AsyncConnection, blob_id: int) -> AsyncIterator[bytes]:
    """Also of one that moves to a bucket or is deleted meanwhile: `conn` sees what was there."""
    at = 0
    next_one = select(chunks.c.data).where(chunks.c.blob_id == blob_id)
    while (data := (await conn.execute(next_one.where(chunks.c.begins == at))).scalar_one_or_none()) is not None:
        yield bytes(data)
        at += len(data)


async def _in_bucket(store: Store, blob_id: int, size: int) -> AsyncIterator[bytes] | None:
    pieces = store.read(blob_id, 0, size)
    try:
        first = await anext(pieces, b"")
    except NotFound:
        return None
    return _with_rest(first, pieces)


async def _with_rest(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
