"""What people do with rooms. Owns the transactions on rooms and memberships; no HTTP and no sockets here.

Every transaction begins with `raise_lists_rev`, so they run one after the other, and what one finds about memberships
stays true until its end. All wait for that one lock. So before it come the limit of each person, and a look whether
they may do this at all; inside this is judged again, since it may have changed. What changed reaches the pages by
`Following`, which reads it from the database.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth.service import User
from app.base.errors import BadPeople, Forbidden, LastRoom, NotAMember, RoomNameTaken
from app.base.folding import search_key
from app.chat.limits import Limits
from app.chat.memberships import members, numbering
from app.chat.memberships.following import Following
from app.chat.memberships.room_queries import MAX_DIRECT_PEOPLE, room_state
from app.chat.wire.events import Author, RoomState
from app.db.driver.engine import autocommit
from app.rooms import commands, queries, rules
from app.rooms.commands import NewRoom, UpdateRoom
from app.rooms.queries import Standing

Judged = TypeVar("Judged")


class Rooms:
    """Everything that can be done with rooms but find them, and post in them."""

    def __init__(self, engine: AsyncEngine, limits: Limits, following: Following) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._limits, self._following = limits, following

    # Rooms

    async def make(self, user: User, new: NewRoom) -> RoomState:
        """Make a room; its creator is its first member.

        Raises:
            BadRoomName, RoomNameTaken, BadTopic, RateLimited
        """
        self._limits.count_other(user.id)
        name, topic = commands.room_name(new.name), commands.topic(new.topic)
        async with self._begin() as (conn, rev):
            room_id = await queries.create_room(conn, user.id, new.kind, name, commands.name_key(name), topic)
            await self._add(conn, rev, room_id, [user.id])
        return await self._state(user, room_id)

    async def update(self, user: User, room_id: int, update: UpdateRoom) -> RoomState | None:
        """Rename a room, set its topic, archive it or bring it back: its creator and admins may.

        None when an admin is no member of it.

        Raises:
            BadRoomName, RoomNameTaken, BadTopic, RoomArchived, Forbidden, NotAMember, NotFound, RateLimited
        """
        self._limits.count_other(user.id)
        values = commands.values(update)

        async def judge(conn: AsyncConnection) -> Standing:
            room = rules.managed(user, await queries.standing(conn, room_id, user.id), revived=update.archived is False)
            rules.check_landing(user, room, update)
            if update.for_everyone is False and not await queries.has_another_for_everyone(conn, but=room_id):
                raise Forbidden("New people must land somewhere: let another room be for everyone first.")
            return room

        async with self._begin_if(judge) as (conn, rev, room):
            if update.archived is False:
                values = {"name_key": commands.name_key(room.name)} | values
            values["search_key"] = search_key(values.get("name", room.name), values.get("topic", room.topic))
            await queries.update_room(conn, room_id, rev, values)
        async with self._autocommit.connect() as conn:
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

        async with self._begin_if(judge) as (conn, rev, _):
            await self._add(conn, rev, room_id, [user.id])
        return await self._state(user, room_id)

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
            return await self._called(conn, logins)

        async with self._begin_if(judge) as (conn, rev, people):
            await self._add(conn, rev, room_id, [person.id for person in people], since)
        return people

    async def leave(self, user: User, room_id: int) -> None:
        """Leave a room that is not the last one.

        Raises:
            LastRoom, Forbidden, NotAMember, RateLimited
        """
        self._limits.count_other(user.id)

        async def judge(conn: AsyncConnection) -> None:
            room = rules.member(await queries.standing(conn, room_id, user.id))
            if room.kind == "direct":
                raise Forbidden("Nobody leaves a direct conversation.")
            if await members.is_last_room(conn, room_id, user.id):
                raise LastRoom()

        async with self._begin_if(judge) as (conn, rev, _):
            await self._remove(conn, rev, room_id, user.id)

    async def remove(self, user: User, room_id: int, person: int) -> None:
        """Remove someone else from a room: its creator and admins may. Harmless when they are no member.

        Raises:
            LastRoom, RoomArchived, Forbidden, NotAMember, NotFound, RateLimited
        """
        if person == user.id:
            await self.leave(user, room_id)
            return
        self._limits.count_other(user.id)

        async def judge(conn: AsyncConnection) -> None:
            rules.managed(user, await queries.standing(conn, room_id, user.id))
            if await members.is_last_room(conn, room_id, person):
                raise LastRoom("This is their only room, so they stay.")

        async with self._begin_if(judge) as (conn, rev, _):
            await self._remove(conn, rev, room_id, person)

    async def direct(self, user: User, logins: list[str]) -> RoomState:
        """The conversation with these people: always the same for the same people.

        Raises:
            BadPeople: somebody is not there, or they are too many.
        """
        self._limits.count_other(user.id)
        async with self._autocommit.connect() as conn:
            people = {user.id, *(person.id for person in await self._called(conn, logins))}
            if not 2 <= len(people) <= MAX_DIRECT_PEOPLE:
                raise BadPeople(f"Choose 1 to {MAX_DIRECT_PEOPLE - 1} other people.")
            key = "-".join(str(user_id) for user_id in sorted(people))
            room_id = await queries.direct_of(conn, key)
        if room_id is None:
            async with self._begin() as (conn, rev):
                room_id = await queries.create_direct(conn, key) or await queries.direct_of(conn, key)
                assert room_id is not None  # noqa: S101 (directs are never deleted)
                await self._add(conn, rev, room_id, people)
        return await self._state(user, room_id)

    # Shared

    @asynccontextmanager
    async def _begin_if(
        self, judge: Callable[[AsyncConnection], Awaitable[Judged]]
    ) -> AsyncIterator[tuple[AsyncConnection, int, Judged]]:
        """As `_begin`, with what `judge` returns. It raises where the person may not do it.

        It is called twice: before the lock, so that whoever is refused holds up nobody; and inside, where its answer
        stays true.
        """
        async with self._autocommit.connect() as conn:
            await judge(conn)
        async with self._begin() as (conn, rev):
            yield conn, rev, await judge(conn)

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A transaction that changes lists of rooms, with its number; once committed, all pages receive the change."""
        try:
            async with self._transactions.begin() as conn:
                yield conn, await numbering.raise_lists_rev(conn)
        except IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == "rooms_name_key_key":
                raise RoomNameTaken() from error
            raise
        self._following.ring()

    async def _add(
        self, conn: AsyncConnection, rev: int, room_id: int, user_ids: Collection[int], since: int | None = None
    ) -> None:
        if new := await members.add_members(conn, room_id, user_ids, since):
            await numbering.stamp_users(conn, rev, new)

    async def _remove(self, conn: AsyncConnection, rev: int, room_id: int, user_id: int) -> None:
        if await members.remove_member(conn, room_id, user_id):
            await numbering.stamp_users(conn, rev, [user_id])

    async def _called(self, conn: AsyncConnection, logins: list[str]) -> list[Author]:
        keys = commands.logins(logins)
        people = await queries.people_called(conn, keys)
        known = {person.login for person in people}
        if unknown := [key for key in keys if key not in known]:
            raise BadPeople(f"There is nobody with the login “{unknown[0]}”.")
        if off := [person.login for person in people if person.off]:
            raise BadPeople(f"The account “{off[0]}” is switched off.")
        return people

    async def _state(self, user: User, room_id: int) -> RoomState:
        async with self._autocommit.connect() as conn:
            found = await room_state(conn, room_id, user.id)
        if found is None:
            raise NotAMember()
        return found[0]
