"""Sockets follow the rooms that their people are members of, whichever process changes that, and what is set for them.

As with messages, the bus is a doorbell and the database is the truth. `lists_rev` numbers the changes of all lists of
rooms. One statement, every one and a half seconds or when the bell rings, finds the lists that changed after the last
one. So a note that is lost delays a change by less than two seconds.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.waiting import is_set_within
from app.chat.memberships import numbering, room_queries
from app.chat.presence.presence import Presence
from app.chat.wire import notes
from app.chat.wire.events import Author, RoomChanged, RoomState, encode
from app.chat.wire.preferences import Preferences, changes, preferences_of
from app.db.driver.causes import cause_of
from app.db.driver.engine import ANSWER_S, DATABASE_GONE, autocommit
from app.db.driver.gathering import Gathered
from app.live.bus.bus import Bus

log = logging.getLogger(__name__)

COMPARE_S = 1.5


class Follower(Protocol):
    """A socket that follows. `member_of` has what is set for each room; it is None until the hello is sent."""

    author: Author
    member_of: dict[int, Preferences] | None

    def send(self, line: bytes) -> None:
        """Send a line to the page."""

    def on_joined(self, room: RoomState) -> None:
        """The person is a member of a room from now on: send it to the page, and follow it."""

    def on_left(self, room: int) -> None:
        """They no longer are: follow it no more, and send that to the page."""

    def on_switched_off(self) -> None:
        """Their account is switched off, or deleted: close the socket."""


def by_room(rooms: Iterable[RoomState]) -> dict[int, Preferences]:
    """What is set for each room."""
    return {room.id: preferences_of(room) for room in rooms}


class Following:
    """Keeps `member_of` of every follower as it was at `_cursor`, a `lists_rev`; that is None while there is nobody."""

    def __init__(self, engine: AsyncEngine, bus: Bus[notes.Note], presence: Presence) -> None:
        self._autocommit = autocommit(engine)
        self._bus, self._presence = bus, presence
        self._followers: dict[int, set[Follower]] = {}
        self._cursor: int | None = None
        self._lists = Gathered(self._read_lists)
        self._comparisons: Gathered[None, None] = Gathered(self._compare)
        self._rung = asyncio.Event()

    # Coming and going

    def add(self, follower: Follower) -> None:
        """Take a socket, before its hello is read."""
        self._followers.setdefault(follower.author.id, set()).add(follower)

    def discard(self, follower: Follower) -> None:
        """Drop a socket. Without any there is no cursor: nothing has to be compared."""
        followers = self._followers.get(follower.author.id, set())
        followers.discard(follower)
        if not followers:
            self._followers.pop(follower.author.id, None)
        if not self._followers:
            self._cursor = None

    async def rooms_of(self, user_id: int) -> room_queries.RoomLists:
        """The rooms of a person one of whose followers was added; not older than what all others have been sent."""
        while True:
            found = await self._lists.get(user_id)
            assert found is not None  # noqa: S101 (see `_read_lists`)
            if self._cursor is None:
                self._cursor = found.lists_rev
            if found.lists_rev >= self._cursor:
                return found
            await self.compare()  # where a backup was restored, the cursor is lower afterwards

    async def _read_lists(self, user_ids: Collection[int]) -> dict[int, room_queries.RoomLists]:
        async with self._autocommit.connect() as conn:
            found = await room_queries.rooms_of_each(conn, user_ids)
        return dict.fromkeys(user_ids, found)

    # Comparing with the truth

    def ring(self) -> None:
        """We changed some list: compare at once, here and in other processes."""
        self._bus.send(notes.ListsChanged())
        self.on_ring()

    def on_ring(self) -> None:
        """Some list changed somewhere."""
        self._rung.set()

    async def compare(self) -> None:
        """Bring every follower up to date; returns when all that was committed before the call is sent."""
        await self._comparisons.get(None)

    async def compare_for_ever(self) -> None:
        """Compare when the bell rings, and every `COMPARE_S` for rings that were lost; endless."""
        while True:
            await is_set_within(self._rung, COMPARE_S)
            self._rung.clear()
            if not self._followers:
                continue
            try:
                await self.compare()
            except DATABASE_GONE as error:
                log.warning("cannot compare lists of rooms reason=%s", cause_of(error).reason)
                await asyncio.sleep(COMPARE_S / 3)
                self.on_ring()

    async def _compare(self, _: Collection[None]) -> dict[None, None]:
        async with asyncio.timeout(ANSWER_S), self._autocommit.connect() as conn:
            changed = await numbering.changed_after(conn, self._cursor)
            people = changed.users & self._followers.keys()
            # A hello that is read from here on has a newer list than this.
            found = (await room_queries.rooms_of_each(conn, people)).of if people else {}
            rooms = await numbering.rooms_as_listed(conn, changed.rooms) if changed.rooms else []
        for follower in [each for user_id in changed.off for each in self._followers.get(user_id, ())]:
            follower.on_switched_off()
        for user_id, states in found.items():
            self._settle(user_id, states)
        self._announce(rooms)
        if self._followers:
            self._cursor = changed.lists_rev
        return {}

    def _settle(self, user_id: int, states: Iterable[RoomState]) -> None:
        """Bring the sockets of one person to the rooms that they are a member of."""
        rooms = {state.id: state for state in states}
        now, author = by_room(rooms.values()), None
        for follower in [*self._followers.get(user_id, ())]:
            if follower.member_of is None:
                continue  # its hello is being read, and is read again when it is older than this
            before, follower.member_of, author = follower.member_of, now, follower.author
            for room in before.keys() - now.keys():
                follower.on_left(room)
            for room in now.keys() - before.keys():
                follower.on_joined(rooms[room])
            for room, preferences in now.items():
                for event in changes(room, before.get(room, Preferences()), preferences):
                    follower.send(encode(event))
        if author is not None:
            self._presence.arrive(author, rooms.keys())

    def _announce(self, rooms: Iterable[RoomState]) -> None:
        """Send the members of a room what it is now. Not over its channel: a socket that resumes is not in it."""
        for room in rooms:
            line = encode(RoomChanged.of(room))
            for follower in (one for followers in self._followers.values() for one in followers):
                if follower.member_of is not None and room.id in follower.member_of:
                    follower.send(line)
