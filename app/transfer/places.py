"""Conversations of an export become rooms here: what an earlier import made is found, the others are made."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import to_builtins
from sqlalchemy import Row, case, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.errors import BadRoomName
from app.chat.memberships import members, numbering
from app.chat.memberships.members import Seat
from app.chat.memberships.room_queries import MAX_DIRECT_PEOPLE
from app.db.schema import imported_rooms, instance, messages, rooms, users
from app.rooms import commands, queries
from app.transfer.records import Chat, Room

LONGEST_NAME = 60  # of 64: a number may stand behind it
AT_ONCE = 10_000  # rows in one statement

_Row = TypeVar("_Row")


async def find(conn: AsyncConnection, source: str) -> dict[str, int]:
    """The rooms that earlier imports of this source made, by their key."""
    statement = select(imported_rooms.c.key, imported_rooms.c.room_id).where(imported_rooms.c.source == source)
    return {row.key: row.room_id for row in await conn.execute(statement)}


async def foresee(
    conn: AsyncConnection, source: str, wanted: Mapping[str, Room], people: Mapping[str, int]
) -> dict[str, int]:
    """What `settle` would return, with a number below 0 for each room that it would make. Nothing is written."""
    found = await find(conn, source)
    lacking = {key: room for key, room in wanted.items() if key not in found}
    pairs = {key: queries.direct_key(_ids_of(room, people)) for key, room in lacking.items() if room.kind == "direct"}
    here = await _directs(conn, pairs.values())
    numbered = {key: -number for number, key in enumerate(lacking, 1)}
    return found | {key: here.get(pairs.get(key, ""), number) for key, number in numbered.items()}


async def become(conn: AsyncConnection, chat: Chat) -> None:
    """Take the name and the rules of an exported chat, and no rooms of our own; only where nobody is here yet."""
    if (await conn.execute(select(users.c.id).limit(1))).first() is None:
        await conn.execute(delete(rooms))
        await conn.execute(update(instance).values(to_builtins(chat)))


async def seat(
    conn: AsyncConnection, wanted: Mapping[str, Room], settled: Mapping[str, int], people: Mapping[str, int]
) -> None:
    """Put people where they were in their rooms: since when, how far they had read, what they had set.

    Once, and in rooms that came with them: what somebody has read or set here since then stays.
    """
    seated = {key: room for key, room in wanted.items() if room.seats}
    here = select(rooms.c.id, rooms.c.created_at).where(rooms.c.id.in_([settled[key] for key in seated]))
    made_at = {row.id: row.created_at for row in await conn.execute(here)}
    seats = [
        Seat(settled[key], people[each.login], each.joined_at, each.level, each.read, each.hidden, each.notify_all)
        for key, room in seated.items()
        if made_at[settled[key]] == room.created_at
        for each in room.seats
    ]
    for some in _batches(seats):
        await members.restore(conn, some)


async def settle(
    conn: AsyncConnection, source: str, wanted: Mapping[str, Room], people: Mapping[str, int]
) -> dict[str, int]:
    """Find or make these rooms, with their members; their ids by their keys.

    `people` are the ids of all who may be named. All that is there counts as read by whoever becomes a member.
    """
    lists_rev = await numbering.raise_lists_rev(conn)
    found = await find(conn, source)
    theirs = {key: _ids_of(room, people) for key, room in wanted.items()}
    made = await _rooms_for(conn, {key: room for key, room in wanted.items() if key not in found}, theirs, people)
    if made:
        kept = [{"source": source, "key": key, "room_id": id} for key, id in made.items()]
        await conn.execute(insert(imported_rooms), kept)
    found |= made
    concerned: set[int] = set()
    for pairs in _batches([(found[key], id) for key, ids in theirs.items() for id in ids]):
        concerned |= await members.add_to_rooms(conn, pairs)
    await numbering.stamp_users(conn, lists_rev, concerned)
    await conn.execute(update(rooms).where(rooms.c.id.in_(found.values())).values(lists_rev=lists_rev))
    return found


def _ids_of(room: Room, people: Mapping[str, int]) -> set[int]:
    return {people[each] for each in room.members if each in people}


def _batches(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """So many rows that one statement has them, and not too many for it."""
    for first in range(0, len(rows), AT_ONCE):
        yield rows[first : first + AT_ONCE]


async def _rooms_for(
    conn: AsyncConnection, wanted: Mapping[str, Room], theirs: Mapping[str, Collection[int]], people: Mapping[str, int]
) -> dict[str, int]:
    """The ids of these rooms, by their keys; those that are nowhere here are made."""
    pairs = {
        key: queries.direct_key(theirs[key])
        for key, room in wanted.items()
        if room.kind == "direct" and 1 <= len(theirs[key]) <= MAX_DIRECT_PEOPLE
    }
    here = await _directs(conn, pairs.values())
    named = {key: room for key, room in wanted.items() if key not in pairs}
    names, taken = await _free_names(conn, named, await _names_of(conn, named, theirs))
    now = await conn.scalar(select(func.clock_timestamp()))
    rows: dict[str, dict[str, Any]] = {}  # by the key, or by that of a direct room: two of the same people are one
    for key, room in wanted.items():
        if key in names:
            rows[key] = _row(room, now) | _named(room, names[key], people, now)
        elif key in pairs and pairs[key] not in here:
            rows.setdefault(f"direct {pairs[key]}", _row(room, now) | {"kind": "direct", "direct_key": pairs[key]})
    made = await _made(conn, rows)
    here |= {pair: made[f"direct {pair}"] for pair in pairs.values() if pair not in here}
    return {key: taken[key] if key in taken else here[pairs[key]] if key in pairs else made[key] for key in wanted}


async def _directs(conn: AsyncConnection, keys: Iterable[str]) -> dict[str, int]:
    """The direct rooms that are here, by what they are unique by."""
    statement = select(rooms.c.direct_key, rooms.c.id).where(rooms.c.direct_key.in_([*keys]))
    return {row.direct_key: row.id for row in await conn.execute(statement)}


async def _made(conn: AsyncConnection, rows: Mapping[str, dict[str, Any]]) -> dict[str, int]:
    if not rows:
        return {}
    statement = insert(rooms).returning(rooms.c.id, sort_by_parameter_order=True)
    return dict(zip(rows, await conn.scalars(statement, [*rows.values()]), strict=True))


def _row(room: Room, now: datetime | None) -> dict[str, Any]:
    """The columns of a direct room; one that is archived was left by all but one, in a Parley."""
    texts = {"name": "", "topic": "", "name_key": None, "direct_key": None}
    rules = {"archived_at": room.archived_at, "for_everyone": False, "retention_days": None, "members_save": True}
    return {**texts, **rules, "creator_id": None, "created_at": room.created_at or now}


def _named(room: Room, name: str, people: Mapping[str, int], now: datetime | None) -> dict[str, Any]:
    """What a room with a name has beside that."""
    return {
        "kind": "closed" if room.kind == "direct" else room.kind,
        "name": name,
        "topic": _topic_of(room),
        "name_key": None if room.is_archived else commands.name_key(name),
        "creator_id": people.get(room.creator or ""),
        "archived_at": (room.archived_at or now) if room.is_archived else None,
        "for_everyone": room.is_for_everyone,
        "retention_days": None if room.kind == "direct" else room.retention_days,
        "members_save": room.members_save,
    }


async def _names_of(
    conn: AsyncConnection, wanted: Mapping[str, Room], theirs: Mapping[str, Collection[int]]
) -> dict[str, str]:
    """The source's names as Parley takes them, with place for a number; those of its people where a room has none."""
    nameless = {id for key, room in wanted.items() if not room.name for id in theirs[key]}
    shown = select(users.c.id, users.c.display_name).where(users.c.id.in_(nameless))
    people = {row.id: row.display_name for row in await conn.execute(shown)} if nameless else {}
    names = dict[str, str]()
    for key, room in wanted.items():
        named = room.name or ", ".join(people[id] for id in sorted(theirs[key]))
        try:
            names[key] = commands.room_name(named[:LONGEST_NAME])
        except BadRoomName:
            names[key] = f"Room {key}"[:LONGEST_NAME]
    return names


async def _free_names(
    conn: AsyncConnection, wanted: Mapping[str, Room], names: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, int]]:
    """The names, with a number where another room has them; and the rooms that have one and in which nobody ever wrote.

    Such a room is taken for the one that is wanted, if it is of its kind and no import made it. An archived one's name
    may be another's.
    """
    free = {key: names[key] for key, room in wanted.items() if room.is_archived}
    taken, given, number = dict[str, int](), set[str](), 1
    while waiting := [key for key in wanted if key not in free and key not in taken]:
        tried = {key: names[key] if number == 1 else f"{names[key]} {number}" for key in waiting}
        holders = await _holders(conn, [commands.name_key(name) for name in tried.values()])
        for key, name in tried.items():
            name_key = commands.name_key(name)
            holder = holders.get(name_key)
            if name_key in given or (holder is not None and holder.empty != wanted[key].kind):
                continue
            given.add(name_key)
            if holder is None:
                free[key] = name
            else:
                taken[key] = holder.id
        number += 1
    return free, taken


async def _holders(conn: AsyncConnection, name_keys: Collection[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    """The rooms that have these names; `empty` is their kind where nobody ever wrote there and no import made them."""
    said = exists().where(messages.c.room_id == rooms.c.id)
    imported = exists().where(imported_rooms.c.room_id == rooms.c.id)
    empty = case((~said & ~imported, rooms.c.kind)).label("empty")
    statement = select(rooms.c.name_key, rooms.c.id, empty).where(rooms.c.name_key.in_(name_keys))
    return {row.name_key: row for row in await conn.execute(statement)}


def _topic_of(room: Room) -> str:
    return topic_line(room.topic)[: commands.TOPIC_CHARS].rstrip()


def topic_line(topic: str) -> str:
    """A topic as Parley takes it, but for its length: on one line, without characters that nobody can see."""
    kept = (char for char in topic if char.isspace() or unicodedata.category(char) not in commands.NOT_IN_TOPICS)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
