"""What is to be written to the index: changes behind the heads, and messages before them. Nothing commits here.

Both are read of all rooms in one order of time. A statement finds a few of each room, cuts where the first room goes on
with something that it has not read, and reads in whole only what comes before that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import mentions, messages, reactions, rooms, search, search_heads
from app.search.index.attached import attached

_ZERO: ColumnElement[int] = literal_column("0")
_ONE: ColumnElement[int] = literal_column("1")


class Found(NamedTuple):
    """A message of a room that is not wholly in the index.

    Attributes:
        head, filled_seq: how far the room is in the index.
        is_last: whether nothing of the room is left to read after this message.
        files: the kind and the name of each.
        number: where the message stands in the index; None where it does not.
    """

    room: int
    head: int
    filled_seq: int
    is_last: bool
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
    return cast(bindparam(name, type_=ARRAY(BigInteger)), ARRAY(BigInteger))


_MOST = cast(bindparam("most", type_=BigInteger), BigInteger)
_TIME = cast(func.extract("epoch", messages.c.created_at), Double)
_head = func.coalesce(search_heads.c.rev, _ZERO)


def _quota(left: ColumnElement[Any]) -> ColumnElement[int]:
    """How many to look at of a room: all that are left, or its share of `most` and as many as chance may add."""
    share = left * _MOST / func.greatest(func.sum(left).over(), _MOST)
    return cast(func.least(left, func.ceil(share + 2 * func.sqrt(share)) + 3), BigInteger)


def _behind() -> Select[Any]:
    """The rooms with changes after their heads; `goal` is the place of the last one."""
    return (
        select(
            rooms.c.id.label("room_id"),
            _head.label("head"),
            func.coalesce(search_heads.c.filled_seq, _ONE).label("filled_seq"),
            rooms.c.last_rev.label("goal"),
            _quota(rooms.c.last_rev - _head).label("quota"),
        )
        .select_from(rooms.outerjoin(search_heads, search_heads.c.room_id == rooms.c.id))
        .where(rooms.c.last_rev > _head)
    )


def _unfilled() -> Select[Any]:
    """The rooms with messages before those that are in the index; of some it looks at as many as `quotas` says."""
    given = func.unnest(_array("rooms"), _array("quotas")).table_valued("room_id", "quota", name="given")
    given = given.render_derived()
    return (
        select(
            *(search_heads.c.room_id, search_heads.c.rev.label("head"), search_heads.c.filled_seq),
            (-_ONE).label("goal"),
            func.greatest(_quota(search_heads.c.filled_seq - _ONE), given.c.quota).label("quota"),
        )
        .select_from(search_heads.outerjoin(given, given.c.room_id == search_heads.c.room_id))
        .where(search_heads.c.filled_seq > 1)
    )


def _in_order(room: FromClause, its: Select[Any]) -> Select[Any]:
    """At most `most` messages in the order of `time`, or of the latest before them that is of their room.

    `its` has the messages of a room by rising `place`.
    """
    found = its.limit(room.c.quota).lateral("found")
    passed = func.max(found.c.time).over(partition_by=room.c.room_id, order_by=found.c.place)
    looked_at = (
        select(*(room.c[name] for name in ("room_id", "head", "filled_seq", "goal")), found, passed.label("passed"))
        .select_from(room.join(found, true()))
        .cte("looked_at")
    )
    room_id, goal = looked_at.c.room_id, looked_at.c.goal
    ends = select(func.max(looked_at.c.passed).label("passed")).group_by(room_id, goal)
    cut = select(func.min(ends.having(func.max(looked_at.c.place) < goal).subquery("end").c.passed))
    in_order = looked_at.c.passed, room_id, looked_at.c.place
    is_before = looked_at.c.passed <= func.coalesce(cut.scalar_subquery(), literal_column("'infinity'::float8"))
    return _whole(select(looked_at).where(is_before).order_by(*in_order).limit(_MOST).cte("taken"))


def _whole(taken: FromClause) -> Select[Any]:
    """Rows of `Found`. Each look has a limit: it is one by a key, however large the tables were when last counted."""

    def first(rows: Select[Any]) -> ColumnElement[Any]:
        return rows.limit(_ONE).scalar_subquery()

    def its(table: FromClause) -> tuple[Any, Any]:
        return table.c.room_id == taken.c.room_id, table.c.seq == taken.c.seq

    message = select(messages).where(*its(messages)).limit(_ONE).lateral("message")
    called = select(mentions.c.user_id).where(*its(mentions)).scalar_subquery()
    return (
        select(
            *(taken.c.room_id, taken.c.head, taken.c.filled_seq, taken.c.place == taken.c.goal),
            *(message.c[name] for name in ("seq", "rev", "author_id", "body", "created_at")),
            message.c.deleted_at.is_not(None),
            case((func.strpos(message.c.body, "@") > _ZERO, func.array(called))),  # most call nobody
            first(select(reactions.c.emoji).where(*its(reactions))).is_not(None),
            attached(taken),
            first(select(search.c.number).where(*its(search))),
        )
        .select_from(taken.join(message, true()))
        .order_by(taken.c.passed, taken.c.room_id, taken.c.place)
    )


def _changes(behind: Select[Any]) -> Select[Any]:
    room = behind.subquery("room")
    its = select(messages.c.seq, messages.c.rev.label("place"), _TIME.label("time"))
    return _in_order(
        room,
        its.where(messages.c.room_id == room.c.room_id, messages.c.rev > room.c.head).order_by(messages.c.rev),
    )


def _older() -> Select[Any]:
    """The same, backwards: time and place of a message are negative."""
    room = _unfilled().subquery("room")
    its = select(messages.c.seq, (-messages.c.seq).label("place"), (-_TIME).label("time"))
    return _in_order(
        room,
        its.where(messages.c.room_id == room.c.room_id, messages.c.seq < room.c.filled_seq).order_by(
            messages.c.seq.desc()
        ),
    )


CHANGES_OF = _changes(_behind().where(rooms.c.id == func.any(_array("rooms"))))
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
