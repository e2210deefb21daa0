"""What those who look after a room set about it, by the page or the command line. Nothing commits here.

It belongs in a transaction of `numbering.raise_lists_rev`.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import UNSET
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth.sessions import User
from app.base.errors import BadPeople, Forbidden, LastRoom, RoomNameTaken
from app.base.folding import search_key
from app.chat.memberships import members, numbering
from app.chat.wire.events import Author
from app.db.tables.sorting import sort_key
from app.rooms import commands, queries, rules
from app.rooms.commands import UpdateRoom
from app.rooms.queries import Standing

OPERATOR = User(id=0, login="", name="", role="admin")  # who uses the command line: an administrator, and nobody


async def may_update(conn: AsyncConnection, user: User, room_id: int, update: UpdateRoom) -> Standing:
    """The room that an update is to change.

    Raises:
        RoomArchived, Forbidden, NotAMember, NotFound
    """
    room = rules.managed(user, await queries.standing(conn, room_id, user.id), revived=update.archived is False)
    rules.check_landing(user, room, update)
    rules.check_retention(user, update)
    if update.for_everyone is False and not await queries.has_another_for_everyone(conn, but=room_id):
        raise Forbidden("New people must land somewhere: let another room be for everyone first.")
    return room


async def update(conn: AsyncConnection, rev: int, user: User, room_id: int, room: Standing, change: UpdateRoom) -> None:
    """Change a room as it was judged by `may_update`; to be called within `naming`.

    Raises:
        BadRoomName, BadTopic, BadRetention
    """
    values: dict[str, Any] = commands.values(change)
    if change.archived is False:
        values = {"name_key": commands.name_key(room.name)} | values
    values["search_key"] = search_key(values.get("name", room.name), values.get("topic", room.topic))
    values["sort_key"] = sort_key(values.get("name", room.name))
    if room.creator_id != user.id or change.retention_days is not UNSET:
        await record(conn, user.id or None, "room", room_id=room_id, detail=_changed(change))
    await queries.update_room(conn, room_id, rev, values)


def _changed(change: UpdateRoom) -> str:
    """What the log has of a change: what was set, and for how long messages stay now."""
    names = [name for name in UpdateRoom.__struct_fields__ if getattr(change, name) is not UNSET]
    if change.retention_days is not UNSET:
        names[names.index("retention_days")] = f"messages stay {stay(change.retention_days)}"
    return ", ".join(names)


def stay(days: int | None) -> str:
    """For how long messages stay, in words."""
    return "for ever" if days is None else f"for {days} day{'' if days == 1 else 's'}"


async def may_remove(conn: AsyncConnection, user: User, room_id: int, person: int) -> Standing:
    """The room that somebody is to be taken out of.

    Raises:
        LastRoom, RoomArchived, Forbidden, NotAMember, NotFound
    """
    room = rules.managed(user, await queries.standing(conn, room_id, user.id))
    if await members.is_last_room(conn, room_id, person):
        raise LastRoom("This is their only room, so they stay.")
    return room


async def remove(conn: AsyncConnection, rev: int, user: User, room_id: int, room: Standing, person: int) -> bool:
    """Take somebody out of a room as it was judged by `may_remove`; False when they were not in it."""
    was_member = await members.remove_member(conn, room_id, person)
    if was_member:
        await numbering.stamp_users(conn, rev, [person])
    if was_member and room.creator_id != user.id:
        await record(conn, user.id or None, "removed", user_id=person, room_id=room_id)
    return was_member


async def add(conn: AsyncConnection, rev: int, room_id: int, logins: Collection[str]) -> list[Author]:
    """Add people to a room for somebody who is in none; returns who was not in it before. It is written down.

    Raises:
        Forbidden, RoomArchived, NotAMember
        BadPeople: somebody is not there, or switched off; nobody is added then.
    """
    rules.managed(OPERATOR, await queries.standing(conn, room_id, OPERATOR.id))
    people = await called(conn, logins)
    new = await members.add_members(conn, room_id, [person.id for person in people])
    if new:
        await numbering.stamp_users(conn, rev, new)
    for user_id in sorted(new):
        await record(conn, None, "member_added", user_id=user_id, room_id=room_id)
    return [person for person in people if person.id in new]


async def called(conn: AsyncConnection, logins: Collection[str], *, but_off: bool = True) -> list[Author]:
    """The people with these logins. Raises BadPeople: there is none, or, `but_off`, they are switched off."""
    keys = commands.logins([*logins])
    people = await queries.people_called(conn, keys)
    known = {person.login for person in people}
    if unknown := [key for key in keys if key not in known]:
        raise BadPeople(f"There is nobody with the login “{unknown[0]}”.")
    if but_off and (off := [person.login for person in people if person.off]):
        raise BadPeople(f"The account “{off[0]}” is switched off.")
    return people


@contextmanager
def naming() -> Iterator[None]:
    """Raises RoomNameTaken where a statement finds that another room has the name."""
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == "rooms_name_key_key":
            raise RoomNameTaken() from error
        raise
