"""Conversations of an export become rooms here: what an earlier import made is found, the others are made."""

from collections.abc import Collection, Mapping

from sqlalchemy import and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.errors import BadRoomName, BadTopic
from app.chat.memberships import members, numbering
from app.chat.memberships.room_queries import MAX_DIRECT_PEOPLE
from app.db.schema import imported_rooms, instance, messages, rooms, users
from app.rooms import commands, queries
from app.transfer.records import Chat, Room

LONGEST_NAME = 60  # of 64: a number may stand behind it


async def find(conn: AsyncConnection, source: str) -> dict[str, int]:
    """The rooms that earlier imports of this source made, by their key."""
    statement = select(imported_rooms.c.key, imported_rooms.c.room_id).where(imported_rooms.c.source == source)
    return {row.key: row.room_id for row in await conn.execute(statement)}


async def foresee(
    conn: AsyncConnection, source: str, wanted: Mapping[str, Room], people: Mapping[str, int]
) -> dict[str, int]:
    """What `settle` would return, with a number below 0 for each room that it would make. Nothing is written."""
    found = await find(conn, source)
    for number, (key, room) in enumerate(wanted.items(), 1):
        if key not in found:
            theirs = {people[each] for each in room.members if each in people}
            here = await queries.direct_of(conn, queries.direct_key(theirs)) if room.kind == "direct" else None
            found[key] = -number if here is None else here
    return found


async def become(conn: AsyncConnection, chat: Chat) -> None:
    """Take the name and the rules of an exported chat, and no rooms of our own; only where nobody is here yet."""
    if (await conn.execute(select(users.c.id).limit(1))).first() is None:
        await conn.execute(delete(rooms))
        await conn.execute(update(instance).values(name=chat.name, open_sign_up=chat.open_sign_up))


async def seat(
    conn: AsyncConnection, wanted: Mapping[str, Room], settled: Mapping[str, int], people: Mapping[str, int]
) -> None:
    """Put people where they were in their rooms: since when, how far they had read, what they had set.

    Once, and in rooms that came with them: what somebody has read or set here since then stays.
    """
    seated = {key: room for key, room in wanted.items() if room.seats}
    here = select(rooms.c.id, rooms.c.created_at).where(rooms.c.id.in_([settled[key] for key in seated]))
    made_at = {row.id: row.created_at for row in await conn.execute(here)}
    for key, room in seated.items():
        for each in room.seats if made_at[settled[key]] == room.created_at else ():
            theirs = {"joined_at": each.joined_at, "level": each.level, "hidden_seq": each.hidden}
            await members.restore(conn, settled[key], people[each.login], read_seq=each.read, **theirs)


async def settle(
    conn: AsyncConnection, source: str, wanted: Mapping[str, Room], people: Mapping[str, int]
) -> dict[str, int]:
    """Find or make these rooms, with their members; their ids by their keys.

    `people` are the ids of all who may be named. All that is there counts as read by whoever becomes a member.
    """
    lists_rev = await numbering.raise_lists_rev(conn)
    found = await find(conn, source)
    concerned: set[int] = set()
    for key, room in wanted.items():
        theirs = {people[each] for each in room.members if each in people}
        if key not in found:
            found[key] = await _room_for(conn, room, theirs, people)
            await conn.execute(insert(imported_rooms).values(source=source, key=key, room_id=found[key]))
        concerned |= await members.add_members(conn, found[key], theirs)
    await numbering.stamp_users(conn, lists_rev, concerned)
    await conn.execute(update(rooms).where(rooms.c.id.in_(found.values())).values(lists_rev=lists_rev))
    return found


async def _room_for(conn: AsyncConnection, room: Room, theirs: Collection[int], people: Mapping[str, int]) -> int:
    if room.kind == "direct" and 1 <= len(theirs) <= MAX_DIRECT_PEOPLE:
        return await _direct(conn, theirs, room)
    name = await _name_of(conn, room, theirs)
    if not room.is_archived:
        name, taken = await _free_name(conn, room, name)
        if taken is not None:
            return taken
    values = {
        "kind": "closed" if room.kind == "direct" else room.kind,
        "name": name,
        "topic": _topic_of(room),
        "name_key": None if room.is_archived else commands.name_key(name),
        "creator_id": people.get(room.creator or ""),
        "created_at": room.created_at or func.clock_timestamp(),
        "archived_at": (room.archived_at or func.clock_timestamp()) if room.is_archived else None,
        "for_everyone": room.is_for_everyone,
        "retention_days": None if room.kind == "direct" else room.retention_days,
    }
    made: int = (await conn.execute(insert(rooms).values(values).returning(rooms.c.id))).scalar_one()
    return made


async def _direct(conn: AsyncConnection, theirs: Collection[int], room: Room) -> int:
    key = queries.direct_key(theirs)
    if (there := await queries.direct_of(conn, key)) is not None:
        return there
    values = {"kind": "direct", "direct_key": key, "created_at": room.created_at or func.clock_timestamp()}
    return int((await conn.execute(insert(rooms).values(values).returning(rooms.c.id))).scalar_one())


async def _name_of(conn: AsyncConnection, room: Room, theirs: Collection[int]) -> str:
    """The source's name as Parley takes it, with place for a number behind it; that of its people where it has none."""
    members_names = select(users.c.display_name).where(users.c.id.in_(theirs)).order_by(users.c.id)
    named = room.name or ", ".join(await conn.scalars(members_names))
    try:
        return commands.room_name(named[:LONGEST_NAME])
    except BadRoomName:
        return f"Room {room.key}"[:LONGEST_NAME]


async def _free_name(conn: AsyncConnection, room: Room, name: str) -> tuple[str, int | None]:
    """The name with a number where another room has it; and the room that has it and in which nothing was ever said.

    Such a room is taken for this one, if it is open as well and no import made it.
    """
    candidate, number = name, 1
    while True:
        said = exists().where(messages.c.room_id == rooms.c.id)
        imported = exists().where(imported_rooms.c.room_id == rooms.c.id)
        is_empty = and_(rooms.c.kind == room.kind, ~said, ~imported)
        statement = select(rooms.c.id, is_empty).where(rooms.c.name_key == commands.name_key(candidate))
        holder = (await conn.execute(statement)).one_or_none()
        if holder is None:
            return candidate, None
        if holder[1]:
            return candidate, holder[0]
        number += 1
        candidate = f"{name} {number}"


def _topic_of(room: Room) -> str:
    try:
        return commands.topic(room.topic[: commands.TOPIC_CHARS])
    except BadTopic:
        return ""
