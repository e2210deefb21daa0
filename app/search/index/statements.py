"""What a search asks the index: one window of segments after the other, the newest first. Nothing commits here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Select, Text, bindparam, cast, false, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import memberships, messages, search, search_segments
from app.db.tables.search import FIRST_CHARACTER, INDEXED_TERMS, SEGMENT_BITS
from app.search.index.attached import attached

SEGMENT = 1 << SEGMENT_BITS  # numbers
# Messages of many rooms are numbered in the order of their time, as near as those that are written at once allow.
DISORDER = timedelta(minutes=1)


class Candidate(NamedTuple):
    """A message that may be a hit, as it is now: what the index found it by may have been edited since.

    `number` is its place in the index: above those of all that is older.
    """

    number: int
    room: int
    seq: int
    author: int
    body: str
    time: datetime
    is_deleted: bool
    files: Sequence[tuple[str, str]] | None  # the kind and the name of each


class Segments(NamedTuple):
    """The segments that there are, from the newest to the oldest; `hi` is below `lo` where there is none."""

    hi: int
    lo: int


def _bigint(name: str) -> Any:
    return cast(bindparam(name, type_=BigInteger), BigInteger)


def _window() -> Select[Any]:
    downwards = func.generate_series(_bigint("hi"), _bigint("lo"), literal_column("-1"))
    segment = downwards.table_valued("segment").render_derived(name="g")
    character = func.chr(cast(literal_column(str(FIRST_CHARACTER)) + segment.c.segment, Integer))
    query = cast(func.replace(bindparam("tsquery", type_=Text), literal_column("' '"), character), TSQUERY)
    mine = select(memberships.c.room_id).where(memberships.c.user_id == _bigint("user"))
    limit = _bigint("limit")
    of_segment = (
        select(search.c.number, search.c.room_id, search.c.seq)
        .where(literal_column(f"({INDEXED_TERMS})").op("@@")(query), search.c.number < _bigint("before"))
        # “IS TRUE”, or it becomes a join that begins with the rooms and reads all that they have.
        .where(search.c.room_id.in_(mine).is_(true()))
        .order_by(search.c.number.desc())
        .limit(limit)
        .lateral("of_segment")
    )
    found = select(of_segment).select_from(segment.join(of_segment, true())).limit(limit).subquery("found")
    message = (
        select(*(messages.c[name] for name in ("author_id", "body", "created_at", "deleted_at")))
        .where(messages.c.room_id == found.c.room_id, messages.c.seq == found.c.seq)
        .limit(literal_column("1"))
        .lateral("message")
    )
    return (
        select(
            *(found.c.number, found.c.room_id, found.c.seq),
            *(message.c.author_id, message.c.body, message.c.created_at, message.c.deleted_at.is_not(None)),
            attached(found),
        )
        .select_from(found.join(message, true()))
        .order_by(found.c.number.desc())
    )


WINDOW = _window()


async def window(
    conn: AsyncConnection, *, tsquery: str, user_id: int, hi: int, lo: int, before: int, limit: int
) -> list[Candidate]:
    """The newest `limit` messages with a number below `before` in the segments `hi` down to `lo`, newest first.

    They are of rooms of which `user_id` is a member now. `tsquery` has its lexemes as `terms.asked` writes them, and no
    other space. Where fewer than `limit` come, those segments have no more.
    """
    asked = {"tsquery": tsquery, "user": user_id, "hi": hi, "lo": lo, "before": before, "limit": limit}
    return [Candidate(*row) for row in await conn.execute(WINDOW, asked)]


async def segments(conn: AsyncConnection, *, since: datetime | None = None, until: datetime | None = None) -> Segments:
    """The segments that may have messages from `since` on and before `until`."""
    segment, began = search_segments.c.segment, search_segments.c.began
    begins_before = true() if until is None else began < until + DISORDER
    ends_before = false() if since is None else began <= since - DISORDER
    newest = func.max(segment).filter(begins_before)
    oldest = func.coalesce(func.max(segment).filter(ends_before), func.min(segment))
    hi, lo = (await conn.execute(select(newest, oldest))).one()
    return Segments(-1, 0) if hi is None else Segments(hi, lo)
