"""The statements about uploads. Nothing commits here, but `RECEIVE`, which goes through the lane."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.messages.parts.files import File
from app.db.driver.binary import Binary
from app.db.pointers import unused
from app.db.schema import chunks, files, space_taken

ADVISORY_LOCK = 0x55504C4F4144  # "UPLOAD"


class Upload(NamedTuple):
    """A file on its way, or one that has arrived. `whole_at`: since when messages may carry it."""

    id: UUID
    owner_id: int
    size: int
    received: int = 0
    whole_at: datetime | None = None
    blob_id: int = 0

    @property
    def has_all(self) -> bool:
        """Whether all its bytes have come."""
        return self.received == self.size


def _receive() -> Binary:
    at, count = sa.bindparam("at", type_=sa.BigInteger), sa.bindparam("count", type_=sa.BigInteger)
    # The last bytes are followed by a commit that waits for the disk, and for all before it. A crash of PostgreSQL
    # takes offset and bytes back together, and the sender goes on from there.
    relaxed = sa.select(
        sa.func.set_config(
            sa.literal_column("'synchronous_commit'"), sa.literal_column("'off'"), sa.literal_column("true")
        ).label("off")
    ).cte("relaxed")
    moved = (
        sa.update(files)
        .where(
            files.c.id == sa.bindparam("id", type_=sa.Uuid),
            files.c.received == at,
            files.c.whole_at.is_(None),
            relaxed.c.off.is_not(None),
        )
        .values(received=files.c.received + count)
        .returning(files.c.blob_id)
        .cte("moved")
    )
    data = sa.cast(sa.bindparam("data", type_=sa.LargeBinary), sa.LargeBinary)
    added = sa.select(moved.c.blob_id, sa.cast(at, sa.BigInteger), data)
    return Binary(sa.insert(chunks).from_select(["blob_id", "begins", "data"], added).returning(chunks.c.begins))


# Keeps the bytes that come at the offset `at`, if it is still the one; a row if so.
RECEIVE = _receive()

_COLUMNS = (files.c.id, files.c.owner_id, files.c.size, files.c.received, files.c.whole_at, files.c.blob_id)
_SHOWN = [files.c[name] for name in File.__struct_fields__]
_IS_UNUSED = unused(files.c.id)
_SUM = sa.func.coalesce(sa.func.sum(space_taken.c.bytes), 0)


async def upload_of(conn: AsyncConnection, file_id: UUID) -> Upload | None:
    row = (await conn.execute(sa.select(*_COLUMNS).where(files.c.id == file_id))).one_or_none()
    return None if row is None else Upload(*row)


async def file_of(conn: AsyncConnection, file_id: UUID) -> File | None:
    """A file as messages show it, once they may carry it."""
    found = sa.select(*_SHOWN).where(files.c.id == file_id, files.c.whole_at.is_not(None))
    row = (await conn.execute(found)).one_or_none()
    return None if row is None else File(*row)


async def one_at_a_time(conn: AsyncConnection) -> None:
    """Wait until nobody else makes room for a file; up to the end of the transaction nobody does."""
    await conn.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))


async def unsent(conn: AsyncConnection, owner_id: int, since: timedelta) -> int:
    """How many files of somebody are new and in no message."""
    begins = sa.func.now() - sa.cast(since, INTERVAL)
    count = sa.select(sa.func.count()).where(files.c.owner_id == owner_id, files.c.created_at > begins, _IS_UNUSED)
    return int((await conn.execute(count)).scalar_one())


async def total(conn: AsyncConnection) -> int:
    """The bytes that are kept, and those that are announced."""
    return int((await conn.execute(sa.select(_SUM).select_from(space_taken))).scalar_one())


async def summed_total(conn: AsyncConnection) -> int:
    """The same for who is `one_at_a_time`; the next one has only to add what changed since."""
    gone = sa.delete(space_taken).returning(space_taken.c.bytes).cte("gone")
    summed = sa.select(sa.func.coalesce(sa.func.sum(gone.c.bytes), 0))
    row = sa.insert(space_taken).from_select(["bytes"], summed).returning(space_taken.c.bytes)
    return int((await conn.execute(row)).scalar_one())


async def make_upload(conn: AsyncConnection, upload: Upload, name: str, alt: str) -> None:
    row = {name: getattr(upload, name) for name in ("id", "owner_id", "size", "received", "blob_id")}
    await conn.execute(sa.insert(files).values(**row, name=name, alt=alt))


async def set_alt(conn: AsyncConnection, file_id: UUID, alt: str) -> None:
    """Describe a picture anew, as long as no message shows it."""
    await conn.execute(sa.update(files).where(files.c.id == file_id, files.c.alt != alt, _IS_UNUSED).values(alt=alt))


async def take_over(conn: AsyncConnection, upload: Upload, count: int, staged_id: int) -> bool:
    """Give an upload the bytes of another blob, if it is still where it was; whether it was."""
    moved = sa.update(files).where(files.c.id == upload.id, files.c.received == upload.received)
    moved = moved.values(received=upload.received + count).returning(files.c.id)
    if (await conn.execute(moved)).scalar_one_or_none() is None:
        return False
    begins = chunks.c.begins + upload.received
    taken = sa.update(chunks).where(chunks.c.blob_id == staged_id).values(blob_id=upload.blob_id, begins=begins)
    await conn.execute(taken)
    return True


async def delete_unsent(conn: AsyncConnection, file_id: UUID) -> list[int] | None:
    """Delete a file that no message shows; the blobs that it pointed to, or None where one does.

    A message that takes it up at the same time violates a foreign key, there or here.
    """
    gone = sa.delete(files).where(files.c.id == file_id, _IS_UNUSED)
    row = (await conn.execute(gone.returning(files.c.blob_id, files.c.small_id, files.c.large_id))).one_or_none()
    return None if row is None else [blob_id for blob_id in row if blob_id is not None]
