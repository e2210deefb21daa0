"""Statements on messages, one function each, and how their rows are read. Nothing commits here.

The statement that appends messages has a file of its own, `append.py`; those on rooms and who is in them are in
`memberships/room_queries.py`.
"""

import asyncio
import time
import uuid
from collections import namedtuple
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.markup.markup import html_of
from app.chat.messages.message import PARTS, Message, columns_of, fields_in
from app.chat.wire.events import Author, wire_time
from app.db.driver.connection import Connection
from app.db.driver.prepared import Prepared
from app.db.schema import instance, memberships, messages, rooms, users

TURN_S = 0.005  # of the event loop
_LAST = 2**63 - 1  # above every seq


def _whole(found: sa.Select[Any] | sa.CompoundSelect[Any]) -> sa.Select[Any]:
    """Messages with their authors and all their parts, for rows of `messages`.

    Those are found first, by one index and with their limit, and only then joined. PostgreSQL has statistics of all
    messages, not of each room: where another room has millions, it expects hardly any message of this one below a low
    seq, and would join and sort the thousands that there are.
    """
    page = found.subquery("page")
    # With a limit, too: the planner then looks into an index, even where it expects many.
    author = (
        sa.select(users.c.login, users.c.display_name, users.c.hue, users.c.avatar_id, users.c.namesake, users.c.role)
        .where(users.c.id == page.c.author_id)
        .limit(sa.literal_column("1"))
        .lateral("author")
    )
    return sa.select(
        *(page.c[name] for name in ("room_id", "seq", "rev", "created_at", "body", "reply_to")),
        *(page.c.author_id, author.c.login, author.c.display_name, author.c.hue, author.c.avatar_id),
        *(author.c.namesake, author.c.role),
        *(page.c.edited_at, page.c.deleted_at),
        *columns_of(page),
    ).select_from(page.join(author, sa.true()))


def _message(row: Any) -> Message:
    """`row` has the columns of `_whole`."""
    return Message(
        room=row.room_id,
        seq=row.seq,
        rev=row.rev,
        author=Author(
            *(row.author_id, row.login, row.display_name, row.hue, row.avatar_id),
            *(row.namesake, row.role == "admin"),
        ),
        time=wire_time(row.created_at),
        text=row.body,
        reply_to=row.reply_to,
        html=html_of(row.body),
        edited=wire_time(row.edited_at) if row.edited_at is not None and row.deleted_at is None else None,
        deleted=row.deleted_at is not None,
        **fields_in(row[-len(PARTS) :]),
    )


async def _messages(rows: Sequence[Any]) -> list[Message]:
    """The messages in `rows`. Markup may take milliseconds a message, so others get their turn in between."""
    found: list[Message] = []
    turn_ends = time.monotonic() + TURN_S
    for row in rows:
        if row.seq is None:
            continue
        found.append(_message(row))
        if time.monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = time.monotonic() + TURN_S
    return found


# Built once, with names for what is asked, and not anew for each request.
_ROOM, _SEQ, _REV, _LIMIT, _LIMIT_BEFORE = (
    sa.bindparam(name, type_=sa.BigInteger) for name in ("room", "seq", "rev", "limit", "limit_before")
)
_in_room = sa.select(messages).where(messages.c.room_id == _ROOM)
_before = _in_room.where(messages.c.seq < _SEQ).order_by(messages.c.seq.desc())
_from = _in_room.where(messages.c.seq >= _SEQ).order_by(messages.c.seq).limit(_LIMIT)


def _in_state(found: sa.Select[Any] | sa.CompoundSelect[Any], order: str) -> sa.Select[Any]:
    """Messages, each with the epoch and the room's rev in the database that they are read from.

    One statement, so one snapshot. Where no message is found there is still a row.
    """
    whole = _whole(found).subquery("whole")
    return (
        sa.select(instance.c.epoch, rooms.c.last_rev, *whole.c)
        .select_from(rooms.join(instance, sa.true()).outerjoin(whole, sa.true()))
        .where(rooms.c.id == _ROOM)
        .order_by(whole.c[order])
    )


_BEFORE = _in_state(_before.limit(_LIMIT), "seq")
_FROM = _in_state(_from, "seq")
_AROUND = _in_state(sa.union_all(_before.limit(_LIMIT_BEFORE), _from), "seq")
_places = sa.func.unnest(*(sa.bindparam(name, type_=sa.ARRAY(sa.BigInteger)) for name in ("rooms", "seqs")))
_place = _places.table_valued("room_id", "seq", name="place").render_derived()
_its_message = messages.c.room_id == _place.c.room_id, messages.c.seq == _place.c.seq
_is_member = sa.exists().where(memberships.c.room_id == _place.c.room_id, memberships.c.user_id == sa.bindparam("user"))
_at = sa.select(messages).where(*_its_message).limit(sa.literal_column("1")).lateral("at")
_AT = _whole(sa.select(_at).select_from(_place.join(_at, sa.true())).where(_is_member))
_CHANGES_AFTER = _in_state(_in_room.where(messages.c.rev > _REV).order_by(messages.c.rev).limit(_LIMIT), "rev")
CHANGES_AFTER = Prepared(_CHANGES_AFTER)  # it runs for every message that another process wrote

_Row: Any = namedtuple("_Row", _CHANGES_AFTER.selected_columns.keys())  # type: ignore[misc]


async def changes_after(
    conn: AsyncConnection | Connection, room_id: int, rev: int, limit: int
) -> tuple[int, list[Message]]:
    """The next `limit` messages that changed after a rev, by rising rev, and the rev that they reach up to.

    One statement, so one snapshot: when fewer than `limit` come, they reach up to the room's newest rev. On the
    driver's connection it is prepared.
    """
    parameters = {"room": room_id, "rev": rev, "limit": limit}
    rows: Sequence[Any]
    if isinstance(conn, Connection):
        rows = [_Row(*row) for row in await CHANGES_AFTER.run(conn, parameters)]
    else:
        rows = (await conn.execute(_CHANGES_AFTER, parameters)).all()
    found = await _messages(rows)
    if len(found) == limit:
        return found[-1].rev, found
    return (rows[0].last_rev if rows else 0), found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages by rising seq, and how far the database that they were read from had come."""

    epoch: uuid.UUID | None  # None for a room that is not there
    last_rev: int
    messages: list[Message]


async def stretch(
    conn: AsyncConnection, room_id: int, *, before: int | None, after: int | None, around: int | None, limit: int
) -> Stretch:
    """At most `limit` messages before, after or around a seq, whichever is given; else the newest.

    One statement, so one snapshot: every message is as it was at `last_rev`.
    """
    asked = {"room": room_id, "limit": limit}
    if after is not None:
        statement = _FROM
        asked |= {"seq": min(after, _LAST - 1) + 1}
    elif around is not None:
        statement = _AROUND
        asked |= {"seq": around, "limit": limit - limit // 2, "limit_before": limit // 2}
    else:
        statement = _BEFORE
        asked |= {"seq": before if before is not None else _LAST}
    rows = (await conn.execute(statement, asked)).all()
    if not rows:
        return Stretch(None, 0, [])
    return Stretch(rows[0].epoch, rows[0].last_rev, await _messages(rows))


async def messages_at(conn: AsyncConnection, user_id: int, places: Collection[tuple[int, int]]) -> list[Message]:
    """The messages that stand in these rooms under these seqs, where `user_id` is a member now; in no order."""
    asked = {"user": user_id, "rooms": [room for room, _ in places], "seqs": [seq for _, seq in places]}
    return await _messages((await conn.execute(_AT, asked)).all())


async def first_since(conn: AsyncConnection, room_id: int, time: datetime) -> int:
    """The seq of the first message that is not older than a time; of the last one when all are, 1 in an empty room.

    Halves the room again and again: times rise with seq and no seq is missing, so that no index on times is needed.
    """
    end = sa.select(sa.cast(1, sa.BigInteger).label("low"), rooms.c.last_seq.label("high")).where(rooms.c.id == room_id)
    span = end.cte("span", recursive=True)
    middle = (span.c.low + span.c.high) // 2
    is_older = messages.c.created_at < time
    low = sa.case((is_older, sa.func.least(messages.c.seq + 1, span.c.high)), else_=span.c.low)
    high = sa.case((is_older, span.c.high), else_=messages.c.seq)
    halved = (
        sa.select(low, high)
        .select_from(span.join(messages, sa.and_(messages.c.room_id == room_id, messages.c.seq == middle)))
        .where(span.c.low < span.c.high)
    )
    found = await conn.execute(sa.select(sa.func.max(span.union_all(halved).c.low)))
    return int(found.scalar_one() or 1)
