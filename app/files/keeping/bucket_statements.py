"""The statements about blobs and objects of the bucket. Nothing commits here."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import blobs, chunks, leftovers
from app.files.keeping.statements import LONG_AGO

LEFT_FOR = timedelta(hours=1)  # until what nothing points to is deleted: putting it takes ten minutes at most
AT_ONCE = 100
OLDEST = 20


class Movable(NamedTuple):
    """A blob that is whole, and in the database."""

    id: int
    size: int
    sha256: bytes


async def movable(conn: AsyncConnection) -> Movable | None:
    """Some blob that may move to the bucket: not always the oldest, which may be one that cannot be read."""
    here = blobs.c.place == "database", blobs.c.sha256.is_not(None), blobs.c.size > 0
    oldest = select(blobs.c.id, blobs.c.size, blobs.c.sha256).where(*here).order_by(blobs.c.id).limit(OLDEST).subquery()
    row = (await conn.execute(select(oldest).order_by(func.random()).limit(1))).one_or_none()
    return None if row is None else Movable(*row)


async def write_leftover(conn: AsyncConnection, name: str) -> None:
    """An object of that name is about to be put."""
    await conn.execute(insert(leftovers).values(object=name))


async def forget_leftover(conn: AsyncConnection, name: str) -> bool:
    """An object is no leftover any more, or is deleted; whether it was one."""
    gone = delete(leftovers).where(leftovers.c.object == name).returning(leftovers.c.object)
    return (await conn.execute(gone)).scalar_one_or_none() is not None


async def leftovers_to_delete(conn: AsyncConnection) -> list[str]:
    """Objects that nothing points to, and nobody is putting."""
    old = leftovers.c.since < func.now() - cast(LEFT_FOR, INTERVAL)
    return [*(await conn.execute(select(leftovers.c.object).where(old).limit(AT_ONCE))).scalars()]


async def point_to_object(conn: AsyncConnection, blob_id: int, name: str) -> None:
    """The bytes of a blob are in the bucket, and nowhere else; or, if it is there already or gone, nothing changes."""
    moved = update(blobs).where(blobs.c.id == blob_id, blobs.c.place == "database").values(place="bucket", object=name)
    if (await conn.execute(moved.returning(blobs.c.id))).scalar_one_or_none() is None:
        await conn.execute(insert(leftovers).values(object=name, since=LONG_AGO))
        return
    await conn.execute(delete(chunks).where(chunks.c.blob_id == blob_id))
