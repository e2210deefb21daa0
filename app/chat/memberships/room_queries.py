"""Statements that read rooms as their members find them, one function each."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from msgspec import UNSET, convert
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.markup.mentions import EVERYONE
from app.chat.wire.events import Author, RoomState
from app.chat.wire.preferences import FIRST, set_in
from app.db.schema import blocks, instance, memberships, mentions, messages, notice_settings, rooms, users

MAX_LISTED = 1_000
_of_room = messages.c.room_id == memberships.c.room_id, messages.c.seq > memberships.c.read_seq
_is_for_them = mentions.c.user_id == sa.func.any(array([sa.literal_column(str(EVERYONE)), memberships.c.user_id]))
_caller = (
    sa.select(messages.c.author_id)
    .where(messages.c.room_id == mentions.c.room_id, messages.c.seq == mentions.c.seq)
    .correlate(mentions)
    .scalar_subquery()
)


def _unread(found: sa.Select[Any], seq: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    """The seqs of the first such messages that are unread: a list as psycopg2 makes it, which nobody copies."""
    return sa.func.array(
        found.order_by(seq).limit(MAX_LISTED).correlate(memberships).scalar_subquery(), type_=sa.types.NullType()
    )


def _unlisted(*found: sa.Select[Any]) -> sa.ColumnElement[int]:
    """How many of such messages are behind the first: where fewer are unread, nothing is counted."""
    counts = [sa.select(sa.func.count()).select_from(each.correlate(memberships).subquery()) for each in found]
    behind = sum((sa.func.greatest(each.scalar_subquery() - MAX_LISTED, 0) for each in counts), sa.literal(0))
    return sa.case((rooms.c.last_seq - memberships.c.read_seq > MAX_LISTED, behind), else_=0)


# Those that do not count as unread; and `_calls`, which count as mentions.
_gone = messages.c.deleted_at.is_not(None)
_all_deleted = sa.select(messages.c.seq).where(*_of_room, _gone)
_all_own = sa.select(messages.c.seq).where(*_of_room, ~_gone, messages.c.author_id == memberships.c.user_id)
_deleted, _own = _unread(_all_deleted, messages.c.seq), _unread(_all_own, messages.c.seq)
_calls = _unread(
    sa.select(mentions.c.seq)
    .distinct()
    .where(mentions.c.room_id == memberships.c.room_id, mentions.c.seq > memberships.c.read_seq)
    .where(_is_for_them, _caller != memberships.c.user_id),
    mentions.c.seq,
)
MAX_DIRECT_PEOPLE = 8  # in a direct conversation, oneself among them
_person = users.alias("person")
# With a limit, so that the planner looks each of them up by an index.
_place = (
    sa.select(memberships.c.user_id)
    .where(memberships.c.room_id == rooms.c.id)
    .correlate(rooms)
    .limit(MAX_DIRECT_PEOPLE)
    .lateral("place")
)
_as_author = sa.func.json_build_object(
    *("id", _person.c.id, "login", _person.c.login, "name", _person.c.display_name),
    *("hue", _person.c.hue, "avatar", _person.c.avatar_id, "namesake", _person.c.namesake),
    *("admin", _person.c.role == "admin", "off", _person.c.disabled_at.is_not(None)),
)
_people = sa.select(sa.func.json_agg(aggregate_order_by(_as_author, _person.c.id))).join_from(
    _place, _person, _person.c.id == _place.c.user_id
)
_people_of_direct = sa.case((rooms.c.kind == "direct", _people.correlate(rooms).scalar_subquery())).label("people")
# What a room is for everyone, and what it is for one of its members beside that.
ROOM_COLUMNS = (
    *(rooms.c.id, rooms.c.kind, rooms.c.name, rooms.c.topic, rooms.c.last_seq, rooms.c.last_rev),
    *(rooms.c.creator_id, rooms.c.archived_at, rooms.c.for_everyone, rooms.c.retention_days, _people_of_direct),
)
ROOM_STATE = (
    *(*ROOM_COLUMNS, memberships.c.read_seq),
    *(_deleted.label("deleted"), _own.label("own"), _calls.label("calls")),
    *(_unlisted(_all_deleted, _all_own).label("unlisted"), *(memberships.c[each.name] for each in FIRST)),
)


def as_room_state(values: Iterable[Any]) -> RoomState:
    """The values of `ROOM_STATE` as the wire has it: by their places, since to find names takes seven times as long."""
    room_id, kind, name, topic, last_seq, last_rev, creator, archived_at, for_everyone, *more = values
    retention_days, people, read_seq, deleted, own, calls, unlisted, *preferences = more
    return RoomState(
        id=room_id,
        kind=kind,
        name=name,
        topic=topic,
        last_seq=last_seq,
        last_rev=last_rev,
        read_seq=read_seq,
        deleted=deleted,
        mentions=len(calls),
        own=own or UNSET,
        calls=calls or UNSET,
        unlisted=unlisted or UNSET,
        creator=UNSET if creator is None else creator,
        archived=UNSET if archived_at is None else True,
        for_everyone=for_everyone or UNSET,
        retention_days=retention_days or UNSET,
        people=UNSET if people is None else convert(people, list[Author]),
        **set_in(*preferences),
    )


# Built once, with names for what is asked, and not anew for each request.
_IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.BigInteger))
_ROOM, _USER = (sa.bindparam(name, type_=sa.BigInteger) for name in ("room", "user"))

_EPOCH = sa.select(instance.c.epoch)
_epoch = sa.cast(instance.c.epoch, sa.Text).label("epoch")  # of statements with many rows: a UUID is made of one
_HEADS = sa.select(_epoch, rooms.c.id, rooms.c.last_rev).select_from(
    instance.outerjoin(rooms, rooms.c.id == sa.func.any(_IDS))
)
_of_user = (
    sa.select(*ROOM_STATE).join(memberships, memberships.c.room_id == rooms.c.id).where(memberships.c.user_id == _USER)
)
_is_shown = sa.or_(memberships.c.hidden_seq.is_(None), memberships.c.hidden_seq < rooms.c.last_seq)
_ROOMS_OF = _of_user.where(_is_shown).order_by(rooms.c.id)
_ROOM_OF = _of_user.add_columns(instance.c.epoch).join(instance, sa.true()).where(rooms.c.id == _ROOM)
_FLAGS = sa.select(sa.exists().where(blocks.c.user_id == _USER), sa.exists().where(notice_settings.c.user_id == _USER))
_theirs = memberships.join(rooms, rooms.c.id == memberships.c.room_id)
_off = sa.select(users.c.id).where(users.c.id == sa.func.any(_IDS), users.c.disabled_at.is_not(None))
_OF_INSTANCE = (_epoch, instance.c.lists_rev, sa.func.array(_off.scalar_subquery()).label("switched_off"))
_ROOMS_OF_EACH = (
    sa.select(*_OF_INSTANCE, memberships.c.user_id, *ROOM_STATE)
    .select_from(instance.outerjoin(_theirs, sa.and_(memberships.c.user_id == sa.func.any(_IDS), _is_shown)))
    .order_by(rooms.c.id)
)


async def epoch(conn: AsyncConnection) -> uuid.UUID:
    """The name of this database's history; a restored backup gets another."""
    found: uuid.UUID = (await conn.execute(_EPOCH)).scalar_one()
    return found


async def rooms_of(conn: AsyncConnection, user_id: int) -> list[RoomState]:
    """The rooms in a person's list, as they find them."""
    return [as_room_state(row) for row in await conn.execute(_ROOMS_OF, {"user": user_id})]


@dataclass(frozen=True, slots=True)
class RoomLists:
    """The rooms in people's lists, as they find them; `lists_rev` numbers the changes of such lists.

    `off` are those of the people whose account is switched off, or deleted.
    """

    epoch: uuid.UUID
    lists_rev: int
    of: dict[int, list[RoomState]]
    off: frozenset[int]


async def rooms_of_each(conn: AsyncConnection, user_ids: Collection[int]) -> RoomLists:
    """The rooms in the list of each of these people."""
    found: dict[int, list[RoomState]] = {user_id: [] for user_id in user_ids}
    rows = (await conn.execute(_ROOMS_OF_EACH, {"ids": list(user_ids)})).all()
    epoch, lists_rev, off = rows[0][:3]
    for _, _, _, user_id, *state in rows:
        if user_id is not None:
            found[user_id].append(as_room_state(state))
    return RoomLists(uuid.UUID(epoch), lists_rev, found, frozenset(off))


async def flags_of(conn: AsyncConnection, user_id: int) -> tuple[bool, bool]:
    """Whether somebody has blocked anybody, and whether they have ever switched notices on."""
    has_blocked, has_notices = (await conn.execute(_FLAGS, {"user": user_id})).one()
    return has_blocked, has_notices


async def heads(conn: AsyncConnection, room_ids: Collection[int]) -> tuple[uuid.UUID, dict[int, int]]:
    """The epoch, and the newest rev of each of these rooms that exists."""
    rows = (await conn.execute(_HEADS, {"ids": list(room_ids)})).all()
    return uuid.UUID(rows[0].epoch), {room_id: last_rev for _, room_id, last_rev in rows if room_id is not None}


async def room_state(conn: AsyncConnection, room_id: int, user_id: int) -> tuple[RoomState, uuid.UUID] | None:
    """A room as its member finds it, and the epoch; None for outsiders."""
    row = (await conn.execute(_ROOM_OF, {"room": room_id, "user": user_id})).one_or_none()
    return (as_room_state(row[:-1]), row.epoch) if row is not None else None
