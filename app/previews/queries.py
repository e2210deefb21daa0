"""The statements of previews: wanted, taken, ended, and their pictures. Nothing commits here."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ClauseElement, Interval, and_, cast, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.driver.connection import Connection
from app.db.driver.prepared import ONE, Prepared
from app.db.schema import blobs, memberships, messages, previews, rooms
from app.files.keeping.store import Blob

LEASE = timedelta(minutes=1)  # after which one that was taken and not ended is taken again
MAX_TRIES = 3

_NOW = func.clock_timestamp()


class Wanted(Struct, frozen=True):
    """A preview to be made; `url` is empty where the one that people see is to go.

    `is_hopeless`: whoever took it before died of it, or lost the database, again and again.
    """

    room: int
    seq: int
    url: str
    is_hopeless: bool = False


class Made(Struct, frozen=True):
    """What a preview shows; the picture is a blob, with its size in pixels."""

    title: str
    description: str = ""
    site: str = ""
    picture_id: int | None = None
    width: int | None = None
    height: int | None = None


async def want(conn: AsyncConnection, wanted: Sequence[tuple[int, int, str]]) -> None:
    """Note that messages, by room and seq, have these links first. One that had the same link stays as it is."""
    new = insert(previews).values([{"room_id": room, "seq": seq, "url": url} for room, seq, url in sorted(wanted)])
    anew = {"url": new.excluded.url, "state": "wanted", "tries": 0, "due_at": _NOW}
    await conn.execute(
        new.on_conflict_do_update(
            index_elements=["room_id", "seq"], set_=anew, where=previews.c.url != new.excluded.url
        )
    )


async def leave(conn: AsyncConnection, places: Sequence[tuple[int, int]]) -> bool:
    """Note that messages, by room and seq, have no link any more; whether one of them had."""
    theirs = tuple_(previews.c.room_id, previews.c.seq).in_(sorted(places))
    left = update(previews).where(theirs, previews.c.url != "").values(url="", state="wanted", tries=0, due_at=_NOW)
    return (await conn.execute(left.returning(previews.c.seq))).first() is not None


def _taking() -> ClauseElement:
    due = (
        select(previews.c.room_id, previews.c.seq)
        .where(previews.c.state == "wanted", previews.c.due_at <= _NOW)
        .order_by(previews.c.due_at)
        .limit(ONE)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(previews)
        .where(previews.c.room_id == due.c.room_id, previews.c.seq == due.c.seq)
        .values(due_at=_NOW + cast(literal(LEASE), Interval), tries=previews.c.tries + 1)
        .returning(previews.c.room_id, previews.c.seq, previews.c.url, previews.c.tries > MAX_TRIES)
    )


_TAKE = Prepared(_taking())  # each process asks it all the time


async def take(conn: Connection) -> Wanted | None:
    """The preview that is due for the longest, which nobody else gets for a while; None where none is."""
    rows = await _TAKE.run(conn, {})
    return Wanted(*rows[0]) if rows else None


async def end(conn: AsyncConnection, wanted: Wanted, made: Made | None) -> int | None:
    """Keep what became of a preview that was taken; the rev that the message has from it, where that changed it.

    Where the message was changed meanwhile, or is in an archived room, nothing happens.
    """
    room = select(rooms.c.last_rev, rooms.c.archived_at).where(rooms.c.id == wanted.room)
    last_rev, archived_at = (await conn.execute(room.with_for_update(key_share=True))).one()
    its = previews.c.room_id == wanted.room, previews.c.seq == wanted.seq, previews.c.url == wanted.url
    still = and_(*its, previews.c.state == "wanted")
    was_shown = (await conn.execute(select(previews.c.title).where(still))).one_or_none()
    if was_shown is None:
        return None
    shown = made if archived_at is None else None
    if wanted.url:
        await conn.execute(update(previews).where(still).values(**_values(shown)))
    else:
        await conn.execute(delete(previews).where(still))
    if (shown is None and was_shown.title is None) or archived_at is not None:
        return None
    return await _renumber(conn, wanted, last_rev + 1)


def _values(made: Made | None) -> dict[str, Any]:
    nothing = {"state": "none", "title": None, "description": "", "site": ""}
    nothing |= {"picture_id": None, "width": None, "height": None}
    if made is None:
        return nothing
    return nothing | {"state": "made"} | {name: getattr(made, name) for name in made.__struct_fields__}


async def _renumber(conn: AsyncConnection, wanted: Wanted, rev: int) -> int:
    """Give a message the next rev of its room, which is locked."""
    message = messages.c.room_id == wanted.room, messages.c.seq == wanted.seq
    await conn.execute(update(messages).where(*message).values(rev=rev))
    await conn.execute(update(rooms).where(rooms.c.id == wanted.room).values(last_rev=rev))
    return rev


async def picture(conn: AsyncConnection, user_id: int, room: int, seq: int) -> Blob | None:
    """The picture of a preview that is shown, for a member of its room."""
    is_member = select(memberships.c.user_id).where(memberships.c.room_id == room, memberships.c.user_id == user_id)
    found = (
        select(blobs.c.id, blobs.c.size, blobs.c.sha256)
        .join_from(previews, blobs, blobs.c.id == previews.c.picture_id)
        .where(previews.c.room_id == room, previews.c.seq == seq, previews.c.state == "made", is_member.exists())
    )
    row = (await conn.execute(found)).one_or_none()
    return Blob(*row) if row else None
