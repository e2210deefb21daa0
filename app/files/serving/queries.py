"""The statement that judges who may read a file, and finds the bytes of the size that is asked for."""

import uuid
from typing import Literal

from msgspec import Struct
from sqlalchemy import BigInteger, Text, Uuid, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import memberships, messages
from app.db.tables.files import attachments, blobs, files

Size = Literal["small", "large"]


class Readable(Struct, frozen=True):
    """A file as somebody may read it: the original, or a rendition of a picture."""

    id: uuid.UUID
    name: str
    type: str
    kind: str
    blob_id: int
    sha256: bytes
    size: int
    is_rendition: bool


_FILE, _USER = bindparam("file", type_=Uuid), bindparam("user", type_=BigInteger)
_SIZE = bindparam("size", type_=Text)

_carried = attachments.c.file_id == files.c.id
# They are a member now of a room in which a message shows it.
_in_a_room_of_theirs = exists(
    select(attachments.c.file_id)
    .join(messages, and_(messages.c.room_id == attachments.c.room_id, messages.c.seq == attachments.c.seq))
    .join(memberships, memberships.c.room_id == attachments.c.room_id)
    .where(_carried, messages.c.deleted_at.is_(None), memberships.c.user_id == _USER)
)
# They gave it, and have not posted it yet.
_their_own = and_(files.c.owner_id == _USER, ~exists(select(attachments.c.file_id).where(_carried)))
_MAY_READ = or_(_in_a_room_of_theirs, _their_own)

# A rendition that is no smaller than the next larger one is not kept.
_small_id = func.coalesce(files.c.small_id, files.c.large_id)
_rendition_id = case((_SIZE == "small", _small_id), (_SIZE == "large", files.c.large_id))
_READABLE = (
    select(
        files.c.id,
        files.c.name,
        files.c.type,
        files.c.kind,
        blobs.c.id.label("blob_id"),
        blobs.c.sha256,
        blobs.c.size,
        _rendition_id.is_not(None),
    )
    .join(blobs, blobs.c.id == func.coalesce(_rendition_id, files.c.blob_id))
    .where(files.c.id == _FILE, files.c.whole_at.is_not(None), _MAY_READ)
)


async def readable(conn: AsyncConnection, file_id: uuid.UUID, user_id: int, size: Size | None) -> Readable | None:
    """A file that somebody may read now, and None for everybody else; where it has no rendition, the original."""
    found = await conn.execute(_READABLE, {"file": file_id, "user": user_id, "size": size})
    row = found.one_or_none()
    return None if row is None else Readable(*row)
