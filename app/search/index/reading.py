"""What is to be written to the index: changes behind the heads, and messages before them. Nothing commits here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import mentions, messages, reactions, rooms, search, search_heads

_ZERO: ColumnElement[int] = literal_column("0")
_ONE: ColumnElement[int] = literal_column("1")


class Found(NamedTuple):
    """A message of a room that is not wholly in the index.

    Attributes:
        head, filled_seq: how far the room is in the index.
        goal: the rev, or the seq, at which nothing of the room is left to read.
        seq: None, with all that follows, where the room has nothing to read.
        number: where the message stands in the index; None where it does not.
    """

    room: int
    head: int
    filled_seq: int
    goal: int
    seq: int
    rev: int
    author: int
    body: str
    time: datetime
    is_deleted: bool
    mentions: Sequence[int] | None
    has_reactions: bool
    number: int | None


def _array(name: str) -> Any:
    return cast(bindparam(name, type_=ARRAY(BigInteger)), ARRAY(BigInteger))


_MOST = bindparam("most", type_=BigInteger)
_head = func.coalesce(search_heads.c.rev, _ZERO)


def _behind() -> Select[Any]:
    """The rooms with changes after their heads.

    `quota` is how many to read of each: all, or the room's share of as many as one pass takes.
    """
    changes = rooms.c.last_rev - _head
    share = func.ceil(changes * _MOST / func.greatest(func.sum(changes).over(), _MOST))
    return (
        select(
            rooms.c.id.label("room_id"),
            _head.label("head"),
            func.coalesce(search_heads.c.filled_seq, _ONE).label("filled_seq"),
            rooms.c.last_rev.label("goal"),
            cast(share, BigInteger).label("quota"),
        )
        .select_from(rooms.outerjoin(search_heads, search_heads.c.room_id == rooms.c.id))
        .where(rooms.c.last_rev > _head)
    )


def _unfilled() -> Select[Any]:
    """The rooms with messages before those that are in the index, and as many as `quotas` has for each, or one."""
    given = func.unnest(_array("rooms"), _array("quotas")).table_valued("room_id", "quota", name="given")
    quota = given.render_derived()
    return (
        select(
            search_heads.c.room_id,
            search_heads.c.rev.label("head"),
            search_heads.c.filled_seq,
            _ONE.label("goal"),
            func.coalesce(quota.c.quota, _ONE).label("quota"),
        )
        .select_from(search_heads.outerjoin(quota, quota.c.room_id == search_heads.c.room_id))
        .where(search_heads.c.filled_seq > 1)
    )


def _found(place: FromClause, its_messages: Select[Any]) -> Select[Any]:
    """Rows of `Found`. What is looked up has a limit: by a key, however large the tables were when last counted."""
    message = its_messages.limit(place.c.quota).lateral("message")

    def its(table: FromClause) -> tuple[Any, Any]:
        return table.c.room_id == message.c.room_id, table.c.seq == message.c.seq

    called = select(mentions.c.user_id).where(*its(mentions))
    return select(
        *(place.c[name] for name in ("room_id", "head", "filled_seq", "goal")),
        *(message.c[name] for name in ("seq", "rev", "author_id", "body", "created_at")),
        message.c.deleted_at.is_not(None),
        # Most call nobody.
        case((func.strpos(message.c.body, "@") > _ZERO, func.array(called.scalar_subquery()))),
        exists().where(*its(reactions)),
        select(search.c.number).where(*its(search)).limit(_ONE).scalar_subquery(),
    ).select_from(place.outerjoin(message, true()))


def _changes(behind: Select[Any]) -> Select[Any]:
    place = behind.subquery("place")
    after = select(messages).where(messages.c.room_id == place.c.room_id, messages.c.rev > place.c.head)
    return _found(place, after.order_by(messages.c.rev)).order_by(literal_column("1"), literal_column("6"))


def _older() -> Select[Any]:
    place = _unfilled().subquery("place")
    before = select(messages).where(messages.c.room_id == place.c.room_id, messages.c.seq < place.c.filled_seq)
    return _found(place, before.order_by(messages.c.seq.desc()))


_CHANGES_OF = _changes(_behind().where(rooms.c.id == func.any(_array("rooms"))))
_CHANGES = _changes(_behind())
_OLDER = _older()


async def changes(conn: AsyncConnection, room_ids: Collection[int] | None, most: int) -> list[Found]:
    """About `most` changes behind the heads of some rooms, or of all: by room, each in the order of its revs."""
    asked: dict[str, Any] = {"most": most}
    if room_ids is not None:
        asked["rooms"] = [*room_ids]
    found = await conn.execute(_CHANGES if room_ids is None else _CHANGES_OF, asked)
    return [Found(*row) for row in found]


async def older(conn: AsyncConnection, quotas: Mapping[int, int]) -> list[Found]:
    """Of each room the newest messages before those that are in the index, as many as `quotas` has for it, or one."""
    found = await conn.execute(_OLDER, {"rooms": [*quotas], "quotas": [*quotas.values()]})
    return [Found(*row) for row in found]
