"""What people may read: their rooms, and of a room its history, from the replica where that has come as far."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.base.errors import BadCommand, NotAMember
from app.chat.memberships import members, room_queries
from app.chat.messages import queries
from app.chat.messages.message import Message
from app.chat.wire.events import Author, RoomState
from app.db.driver.engine import autocommit
from app.db.replica import Replica

PAGE_DEFAULT, PAGE_MAX = 50, 200
FEW_MEMBERS = 8


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a room's history by rising seq, and the room as it was just before it was read."""

    room: RoomState
    messages: list[Message]
    epoch: uuid.UUID


class History:
    """Only reads; `engine` is the primary's."""

    def __init__(self, engine: AsyncEngine, replica: Replica) -> None:
        self._autocommit, self._replica = autocommit(engine), replica

    async def rooms(self, user_id: int) -> list[RoomState]:
        """The rooms of a person, at least one.

        Raises:
            NotAMember: of any room.
        """
        async with self._autocommit.connect() as conn:
            return await _rooms(conn, user_id)

    async def rooms_and_flags(self, user_id: int) -> tuple[list[RoomState], bool, bool]:
        """The same; whether the person has blocked anybody, whose messages are then folded for them; and has notices.

        Raises:
            NotAMember: of any room.
        """
        async with self._autocommit.connect() as conn:
            return await _rooms(conn, user_id), *await room_queries.flags_of(conn, user_id)

    async def page(
        self,
        user_id: int,
        room_id: int,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = PAGE_DEFAULT,
    ) -> Page:
        """A stretch of history before, after or around a seq; with none of them, the newest.

        Raises:
            BadCommand: more than one of them.
            NotAMember: `user_id` has no membership in the room.
        """
        if sum(seq is not None for seq in (before, after, around)) > 1:
            raise BadCommand("Ask for messages before, after or around one, not several.")

        async def read(conn: AsyncConnection) -> queries.Stretch:
            return await queries.stretch(conn, room_id, before=before, after=after, around=around, limit=limit)

        # The room is read before the messages, so that its last_rev may be their cursor. Never from a replica: whoever
        # was removed may still be a member there.
        async with self._autocommit.connect() as conn:
            state = await room_queries.room_state(conn, room_id, user_id)
            if state is None:
                raise NotAMember()
            found = None if self._replica.is_given else await read(conn)
        room, epoch = state
        found = found or await self._replica.ask(read)
        if found is None or found.epoch != epoch or found.last_rev < room.last_rev:
            async with self._autocommit.connect() as conn:
                found = await read(conn)
        return Page(room, found.messages, epoch)

    async def first_since(self, user_id: int, room_id: int, time: datetime) -> int:
        """The seq of the first message of a room that is not older than a time, or of its last.

        Raises:
            NotAMember
        """
        async with self._autocommit.connect() as conn:
            if await room_queries.room_state(conn, room_id, user_id) is None:
                raise NotAMember()
            return await queries.first_since(conn, room_id, time)

    async def members_like(self, user_id: int, room_id: int, begin: str) -> list[Author]:
        """A few other members of a room, whose login or a word of whose name begins so.

        Raises:
            NotAMember: `user_id` has no membership in the room.
        """
        async with self._autocommit.connect() as conn:
            found = await members.members_like(conn, room_id, user_id, begin, FEW_MEMBERS)
        if found is None:
            raise NotAMember()
        return found


async def _rooms(conn: AsyncConnection, user_id: int) -> list[RoomState]:
    if rooms := await room_queries.rooms_of(conn, user_id):
        return rooms
    raise NotAMember("You are not a member of any room yet.")
