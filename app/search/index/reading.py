"""What is to be written to the index: changes behind the heads, and messages before them. Nothing commits here.

Both are read of all rooms in one order of time. A statement finds a few of each room, cuts where the first room goes on
with something that it has not read, and reads in whole only what comes before that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import mentions, messages, reactions, rooms, search, search_heads
from app.search.index.attached import attached

_ZERO: sa.ColumnElement[int] = sa.literal_column("0")
_ONE: sa.ColumnElement[int] = sa.literal_column("1")


class Found(NamedTuple):
    """A message of a room that is not wholly in the index.

    Attributes:
        head, filled_seq: how far the room is in the index.
        is_last: whether nothing of the room is left to read after this message.
        is_older: whether it was there before there was an index.
        files: the kind and the name of each.
        number: where the message stands in the index; None where it does not.
    """

    room: int
    head: int
    filled_seq: int
    is_last: bool
    is_older: bool
    seq: int
    rev: int
    author: int
    body: str
    time: datetime
    is_deleted: bool
    mentions: Sequence[int] | None
    has_reactions: bool
    files: Sequence[tuple[str, str]] | None
    number: int | None


def _array(name: str) -> Any:
    return sa.cast(sa.bindparam(name, type_=sa.ARRAY(sa.BigInteger)), sa.ARRAY(sa.BigInteger))


_MOST = sa.cast(sa.bindparam("most", type_=sa.BigInteger), sa.BigInteger)
_TIME = sa.cast(sa.func.extract("epoch", messages.c.created_at), sa.Double)
_head = sa.func.coalesce(search_heads.c.rev, _ZERO)
_OF_ROOM = "room_id", "head", "filled_seq", "first_seq", "goal"


def _quota(left: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """How many to look at of a room: all that are left, or its share of `most` and as many as chance may add."""
    share = left * _MOST / sa.func.greatest(sa.func.sum(left).over(), _MOST)
    return sa.cast(sa.func.least(left, sa.func.ceil(share + 2 * sa.func.sqrt(share)) + 3), sa.BigInteger)


def _behind() -> sa.Select[Any]:
    """The rooms with changes after their heads; `goal` is the place of the last one."""
    return (
        sa.select(
            rooms.c.id.label("room_id"),
            _head.label("head"),
            *(sa.func.coalesce(search_heads.c[name], _ONE).label(name) for name in ("filled_seq", "first_seq")),
            rooms.c.last_rev.label("goal"),
            _quota(rooms.c.last_rev - _head).label("quota"),
        )
        .select_from(rooms.outerjoin(search_heads, search_heads.c.room_id == rooms.c.id))
        .where(rooms.c.last_rev > _head)
    )


def _unfilled() -> sa.Select[Any]:
    """The rooms with messages before those that are in the index; of some it looks at as many as `quotas` says."""
    given = sa.func.unnest(_array("rooms"), _array("quotas")).table_valued("room_id", "quota", name="given")
    given = given.render_derived()
    return (
        sa.select(
            *(search_heads.c.room_id, search_heads.c.rev.label("head")),
            *(search_heads.c.filled_seq, search_heads.c.first_seq),
            (-_ONE).label("goal"),
            sa.func.greatest(_quota(search_heads.c.filled_seq - _ONE), given.c.quota).label("quota"),
        )
        .select_from(search_heads.outerjoin(given, given.c.room_id == search_heads.c.room_id))
        .where(search_heads.c.filled_seq > 1)
    )


def _in_order(room: sa.FromClause, its: sa.Select[Any]) -> sa.Select[Any]:
    """At most `most` messages in the order of `time`, or of the latest before them that is of their room.

    `its` has the messages of a room by rising `place`.
    """
    found = its.limit(room.c.quota).lateral("found")
    passed = sa.func.max(found.c.time).over(partition_by=room.c.room_id, order_by=found.c.place)
    looked_at = (
        sa.select(*(room.c[name] for name in _OF_ROOM), found, passed.label("passed"))
        .select_from(room.join(found, sa.true()))
        .cte("looked_at")
    )
    room_id, goal = looked_at.c.room_id, looked_at.c.goal
    ends = sa.select(sa.func.max(looked_at.c.passed).label("passed")).group_by(room_id, goal)
    cut = sa.select(sa.func.min(ends.having(sa.func.max(looked_at.c.place) < goal).subquery("end").c.passed))
    in_order = looked_at.c.passed, room_id, looked_at.c.place
    is_before = looked_at.c.passed <= sa.func.coalesce(cut.scalar_subquery(), sa.literal_column("'infinity'::float8"))
    return _whole(sa.select(looked_at).where(is_before).order_by(*in_order).limit(_MOST).cte("taken"))


def _whole(taken: sa.FromClause) -> sa.Select[Any]:
    """Rows of `Found`. Each look has a limit: it is one by a key, however large the tables were when last counted."""

    def first(rows: sa.Select[Any]) -> sa.ColumnElement[Any]:
        return rows.limit(_ONE).scalar_subquery()

    def its(table: sa.FromClause) -> tuple[Any, Any]:
        return table.c.room_id == taken.c.room_id, table.c.seq == taken.c.seq

    message = sa.select(messages).where(*its(messages)).limit(_ONE).lateral("message")
    called = sa.select(mentions.c.user_id).where(*its(mentions)).scalar_subquery()
    return (
        sa.select(
            *(taken.c.room_id, taken.c.head, taken.c.filled_seq, taken.c.place == taken.c.goal),
            message.c.seq < taken.c.first_seq,
            *(message.c[name] for name in ("seq", "rev", "author_id", "body", "created_at")),
            message.c.deleted_at.is_not(None),
            sa.case((sa.func.strpos(message.c.body, "@") > _ZERO, sa.func.array(called))),  # most call nobody
            first(sa.select(reactions.c.emoji).where(*its(reactions))).is_not(None),
            attached(taken),
            first(sa.select(search.c.number).where(*its(search))),
        )
        .select_from(taken.join(message, sa.true()))
        .order_by(taken.c.passed, taken.c.room_id, taken.c.place)
    )


def _changes(behind: sa.Select[Any]) -> sa.Select[Any]:
    room = behind.subquery("room")
    its = sa.select(messages.c.seq, messages.c.rev.label("place"), _TIME.label("time"))
    return _in_order(
        room,
        its.where(messages.c.room_id == room.c.room_id, messages.c.rev > room.c.head).order_by(messages.c.rev),
    )


def _older() -> sa.Select[Any]:
    """The same, backwards: time and place of a message are negative."""
    room = _unfilled().subquery("room")
    its = sa.select(messages.c.seq, (-messages.c.seq).label("place"), (-_TIME).label("time"))
    return _in_order(
        room,
        its.where(messages.c.room_id == room.c.room_id, messages.c.seq < room.c.filled_seq).order_by(
            messages.c.seq.desc()
        ),
    )


CHANGES_OF = _changes(_behind().where(rooms.c.id == sa.func.any(_array("rooms"))))
CHANGES = _changes(_behind())
OLDER = _older()


async def changes(conn: AsyncConnection, room_ids: Collection[int] | None, most: int) -> list[Found]:
    """At most `most` changes behind the heads of some rooms, or of all, in the order in which they were made."""
    asked: dict[str, Any] = {"most": most}
    if room_ids is not None:
        asked["rooms"] = [*room_ids]
    return [Found(*row) for row in await conn.execute(CHANGES if room_ids is None else CHANGES_OF, asked)]


async def older(conn: AsyncConnection, quotas: Mapping[int, int], most: int) -> list[Found]:
    """At most `most` messages before those that are in the index, the newest first.

    `quotas` says of how many of a room it looks at least.
    """
    asked = {"rooms": [*quotas], "quotas": [*quotas.values()], "most": most}
    return [Found(*row) for row in await conn.execute(OLDER, asked)]
