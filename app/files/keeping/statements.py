"""The statements about blobs and their chunks. Nothing commits here, but what goes through the lane."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.driver.binary import Binary
from app.db.pointers import unused
from app.db.schema import blobs, chunks, files, leftovers

ADVISORY_LOCK = 0x5357454550  # "SWEEP"
FILE_KEPT = timedelta(days=1)  # that no message has; and bytes on their way
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BLOB_KEPT = timedelta(minutes=1)  # for whoever keeps something to point to it

_AT = sa.bindparam("at", type_=sa.BigInteger)
_BLOB_ID = sa.bindparam("blob_id", type_=sa.BigInteger)

CHUNK_AT = Binary(
    sa.select(chunks.c.begins, chunks.c.data)
    .where(
        chunks.c.blob_id == _BLOB_ID,
        chunks.c.begins <= _AT,
        chunks.c.begins + sa.func.octet_length(chunks.c.data) > _AT,
    )
    .order_by(chunks.c.begins.desc())
    .limit(sa.literal_column("1"))
)
ADD_CHUNK = Binary(
    sa.insert(chunks).values(
        blob_id=_BLOB_ID, begins=sa.bindparam("begins"), data=sa.bindparam("data", type_=sa.LargeBinary)
    )
)


async def make_blob(conn: AsyncConnection) -> int:
    """The id of a blob that has nothing yet."""
    return int((await conn.execute(sa.insert(blobs).values().returning(blobs.c.id))).scalar_one())


async def size_of_chunks(conn: AsyncConnection, blob_id: int) -> int:
    """How many bytes of a blob are in the database; none of them is read."""
    size = sa.func.coalesce(sa.func.sum(sa.func.octet_length(chunks.c.data)), 0)
    return int((await conn.execute(sa.select(size).where(chunks.c.blob_id == blob_id))).scalar_one())


async def object_of(conn: AsyncConnection, blob_id: int) -> tuple[str, int] | None:
    """What a blob is called in the bucket, and its size; None of one that is not there."""
    found = sa.select(blobs.c.object, blobs.c.size).where(blobs.c.id == blob_id, blobs.c.object.is_not(None))
    row = (await conn.execute(found)).one_or_none()
    return None if row is None else (row.object, row.size)


async def sha256_of(conn: AsyncConnection, blob_id: int) -> tuple[int, bytes] | None:
    """The size and the SHA-256 of a blob that is whole; None of one that is not."""
    row = (await conn.execute(sa.select(blobs.c.size, blobs.c.sha256).where(blobs.c.id == blob_id))).one_or_none()
    return None if row is None or row.sha256 is None else (row.size, row.sha256)


async def blob_with(conn: AsyncConnection, sha256: bytes) -> int | None:
    """The blob with these bytes; nobody deletes it before this transaction ends."""
    same = sa.select(blobs.c.id).where(blobs.c.sha256 == sha256).with_for_update(read=True, key_share=True)
    return (await conn.execute(same)).scalar_one_or_none()


async def set_whole(conn: AsyncConnection, blob_id: int, size: int, sha256: bytes) -> None:
    """All bytes of a blob are there. Where another has the same, `blobs_sha256_key` is violated."""
    await conn.execute(sa.update(blobs).where(blobs.c.id == blob_id).values(size=size, sha256=sha256))


async def lock_blobs(conn: AsyncConnection, ids: list[int]) -> None:
    """From now on nothing begins to point to these, up to the end of the transaction."""
    await conn.execute(sa.select(blobs.c.id).where(blobs.c.id.in_(ids)).order_by(blobs.c.id).with_for_update())


async def delete_unused(conn: AsyncConnection, ids: list[int]) -> None:
    """Delete of these what nothing points to. They must be locked: then nothing can begin to meanwhile."""
    gone = sa.delete(blobs).where(blobs.c.id.in_(ids), unused(blobs.c.id)).returning(blobs.c.object)
    objects = [name for name in (await conn.execute(gone)).scalars() if name is not None]
    if objects:
        await conn.execute(sa.insert(leftovers), [{"object": name, "since": LONG_AGO} for name in objects])


async def is_ours(conn: AsyncConnection) -> bool:
    """Whether this transaction may sweep: no other one is at it. It may until it ends."""
    return bool((await conn.execute(sa.select(sa.func.pg_try_advisory_xact_lock(ADVISORY_LOCK)))).scalar_one())


async def old_files(conn: AsyncConnection, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[sa.Row[Any]]:
    """`id`, `created_at` and `is_unused` of the files that a message could have been sent with, the oldest first."""
    place = sa.tuple_(files.c.created_at, files.c.id)
    begins = sa.true() if after is None else place > after
    is_old = files.c.created_at < sa.func.now() - sa.cast(FILE_KEPT, INTERVAL)
    some = (
        sa.select(files).where(begins, is_old).order_by(files.c.created_at, files.c.id).limit(limit).subquery("files")
    )
    is_unused = unused(files.c.id, some.c.id)
    return (await conn.execute(sa.select(some.c.id, some.c.created_at, is_unused.label("is_unused")))).all()


async def delete_unused_files(conn: AsyncConnection, ids: list[UUID]) -> set[int]:
    """Delete of these what nothing points to; the blobs that they pointed to."""
    if not ids:
        return set()
    # Locked first: then no message can take one up, and the deletion sees those that did before.
    await conn.execute(sa.select(files.c.id).where(files.c.id.in_(ids)).order_by(files.c.id).with_for_update())
    gone = sa.delete(files).where(files.c.id.in_(ids), unused(files.c.id))
    rows = (await conn.execute(gone.returning(files.c.blob_id, files.c.small_id, files.c.large_id))).all()
    return {blob_id for row in rows for blob_id in row if blob_id is not None}


async def blobs_after(conn: AsyncConnection, after: int, limit: int) -> Sequence[sa.Row[Any]]:
    """`id` and `is_unused` of blobs, by their ids; one is used as long as somebody may be about to point to it."""
    some = sa.select(blobs).where(blobs.c.id > after).order_by(blobs.c.id).limit(limit).subquery("blobs")
    kept = sa.case((some.c.sha256.is_(None), FILE_KEPT), else_=BLOB_KEPT)
    is_old = some.c.created_at < sa.func.now() - sa.cast(kept, INTERVAL)
    is_unused = is_old & unused(blobs.c.id, some.c.id)
    return (await conn.execute(sa.select(some.c.id, is_unused.label("is_unused")).order_by(some.c.id))).all()
