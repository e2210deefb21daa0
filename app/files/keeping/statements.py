"""The statements about blobs and their chunks. Nothing commits here, but what goes through the lane."""

from sqlalchemy import (
    BigInteger,
    LargeBinary,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.driver.binary import Binary
from app.db.schema import blobs, chunks, files

_AT = bindparam("at", type_=BigInteger)
_BLOB_ID = bindparam("blob_id", type_=BigInteger)

CHUNK_AT = Binary(
    select(chunks.c.begins, chunks.c.data)
    .where(
        chunks.c.blob_id == _BLOB_ID,
        chunks.c.begins <= _AT,
        chunks.c.begins + func.octet_length(chunks.c.data) > _AT,
    )
    .order_by(chunks.c.begins.desc())
    .limit(literal_column("1"))
)
ADD_CHUNK = Binary(
    insert(chunks).values(blob_id=_BLOB_ID, begins=bindparam("begins"), data=bindparam("data", type_=LargeBinary))
)


async def make_blob(conn: AsyncConnection) -> int:
    """The id of a blob that has nothing yet."""
    return int((await conn.execute(insert(blobs).values().returning(blobs.c.id))).scalar_one())


async def sha256_of(conn: AsyncConnection, blob_id: int) -> tuple[int, bytes] | None:
    """The size and the SHA-256 of a blob that is whole; None of one that is not."""
    row = (await conn.execute(select(blobs.c.size, blobs.c.sha256).where(blobs.c.id == blob_id))).one_or_none()
    return None if row is None or row.sha256 is None else (row.size, row.sha256)


async def blob_with(conn: AsyncConnection, sha256: bytes) -> int | None:
    """The blob with these bytes; nobody deletes it before this transaction ends."""
    same = select(blobs.c.id).where(blobs.c.sha256 == sha256).with_for_update(read=True, key_share=True)
    return (await conn.execute(same)).scalar_one_or_none()


async def set_whole(conn: AsyncConnection, blob_id: int, size: int, sha256: bytes) -> None:
    """All bytes of a blob are there. Where another has the same, `blobs_sha256_key` is violated."""
    await conn.execute(update(blobs).where(blobs.c.id == blob_id).values(size=size, sha256=sha256))


async def lock_blobs(conn: AsyncConnection, ids: list[int]) -> None:
    """From now on nothing begins to point to these, up to the end of the transaction."""
    await conn.execute(select(blobs.c.id).where(blobs.c.id.in_(ids)).order_by(blobs.c.id).with_for_update())


async def delete_unused(conn: AsyncConnection, ids: list[int]) -> None:
    """Delete of these what no file points to. They must be locked: then nothing can begin to meanwhile."""
    used = or_(*(column == blobs.c.id for column in (files.c.blob_id, files.c.small_id, files.c.large_id)))
    await conn.execute(delete(blobs).where(blobs.c.id.in_(ids), ~exists().where(used)))
