"""What people do with rooms that have a name: make, change, join, leave them, add and remove people.

No HTTP and no sockets here; `lists.py` owns the transactions.
"""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.sessions import User
from app.base.errors import LastRoom
from app.chat.memberships import members
from app.chat.memberships.room_queries import room_state
from app.chat.wire.events import Author, RoomState
from app.limits.limits import Limits
from app.limits.totals import Totals
from app.rooms import changing, commands, queries, rules
from app.rooms.commands import NewRoom, UpdateRoom
from app.rooms.lists import Lists
from app.rooms.queries import Standing


class Rooms:
    """Everything that can be done with rooms but find them, and post in them."""

    def __init__(self, lists: Lists, limits: Limits, totals: Totals) -> None:
        self._lists, self._limits, self._totals = lists, limits, totals

    # Rooms

    async def make(self, user: User, new: NewRoom) -> RoomState:
        """Make a room; its creator is its first member.

        Raises:
            BadRoomName, RoomNameTaken, BadTopic, RateLimited
        """
        self._limits.count_other(user.id)
        name, topic = commands.room_name(new.name), commands.topic(new.topic)
        async with self._lists.begin_if(lambda conn: self._totals.check(conn, user, "rooms")) as (conn, rev, _):
            await self._totals.count(conn, user, "rooms")
            room_id = await queries.create_room(conn, user.id, new.kind, name, commands.name_key(name), topic)
            await self._lists.add(conn, rev, room_id, [user.id])
        return await self._lists.state(user, room_id)

    async def update(self, user: User, room_id: int, update: UpdateRoom) -> RoomState | None:
        """Rename a room, set its topic, archive it or bring it back: its creator and admins may.

        Admins alone may set for whom it is, and for how long messages stay. None when an admin is no member of it.

        Raises:
            BadRoomName, RoomNameTaken, BadTopic, BadRetention
            RoomArchived, Forbidden, NotAMember, NotFound, RateLimited
        """
        self._limits.count_other(user.id)
        commands.values(update)  # before the lock, for which all wait
        judge = partial(changing.may_update, user=user, room_id=room_id, update=update)
        async with self._lists.begin_if(judge) as (conn, rev, room):
            await changing.update(conn, rev, user, room_id, room, update)
        async with self._lists.autocommit.connect() as conn:
            found = await room_state(conn, room_id, user.id)
        return found[0] if found is not None else None

    async def join(self, user: User, room_id: int) -> RoomState:
        """Join an open room; harmless for its members.

        Raises:
            NotFound: there is none, or it is not open.
            RoomArchived, RateLimited
        """
        self._limits.count_other(user.id)

        async def judge(conn: AsyncConnection) -> None:
            rules.check_joinable(await queries.standing(conn, room_id, user.id))

        async with self._lists.begin_if(judge) as (conn, rev, _):
            await self._lists.add(conn, rev, room_id, [user.id])
        return await self._lists.state(user, room_id)

    # People

    async def add(self, user: User, room_id: int, logins: list[str], since: int | None = None) -> list[Author]:
        """Add people to a room that one is a member of; returns all whom `logins` name.

        All that was said before counts as read by them; with `since` only what was said before that seq.

        Raises:
            BadPeople: somebody is not there; nobody was added then.
            RoomArchived, Forbidden, NotAMember, RateLimited
        """
        self._limits.count_other(user.id)

        async def judge(conn: AsyncConnection) -> list[Author]:
            rules.living(rules.member(await queries.standing(conn, room_id, user.id)))
            people = await changing.called(conn, logins)
            await self._lists.check_blocks(conn, user.id, [person.id for person in people])
            return people

        async with self._lists.begin_if(judge) as (conn, rev, people):
            added = await self._lists.add(conn, rev, room_id, [person.id for person in people], since)
            await self._totals.count(conn, user, "people", added)
        return people

    async def leave(self, user: User, room_id: int) -> None:
        """Leave a room that is not the last one; a direct one is hidden until its next message.

        Raises:
            LastRoom, NotAMember, RateLimited
        """
        self._limits.count_other(user.id)

        async def judge(conn: AsyncConnection) -> Standing:
            room = rules.member(await queries.standing(conn, room_id, user.id))
            if room.kind != "direct" and await members.is_last_room(conn, room_id, user.id):
                raise LastRoom()
            return room

        async with self._lists.begin_if(judge) as (conn, rev, room):
            if room.kind == "direct":
                await self._lists.hide(conn, rev, room_id, [user.id])
            else:
                await self._lists.remove(conn, rev, room_id, user.id)

    async def remove(self, user: User, room_id: int, person: int) -> None:
        """Remove someone else from a room: its creator and admins may. Harmless when they are no member.

        Raises:
            LastRoom, RoomArchived, Forbidden, NotAMember, NotFound, RateLimited
        """
        if person == user.id:
            await self.leave(user, room_id)
            return
        self._limits.count_other(user.id)
        judge = partial(changing.may_remove, user=user, room_id=room_id, person=person)
        async with self._lists.begin_if(judge) as (conn, rev, room):
            await changing.remove(conn, rev, user, room_id, room, person)
