"""Transactions that change people's lists of rooms, and what rooms and direct conversations do alike in them.

Every one begins with `raise_lists_rev`, so they run one after the other, and what one finds about memberships stays
true until its end. All wait for that one lock. So before it come the limit of each person, and a look whether they may
do this at all; inside this is judged again, since it may have changed. What changed reaches the pages by `Following`,
which reads it from the database.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth.sessions import User
from app.base.errors import BadPeople, NotAMember
from app.chat.memberships import members, numbering
from app.chat.memberships.following import Following
from app.chat.memberships.room_queries import room_state
from app.chat.memberships.surfacing import Surfacing
from app.chat.wire.events import RoomState
from app.db.driver.engine import autocommit
from app.rooms import blocks
from app.rooms.changing import naming

Judged = TypeVar("Judged")


class Lists:
    """One a process."""

    def __init__(self, engine: AsyncEngine, following: Following, surfacing: Surfacing) -> None:
        self._transactions, self.autocommit = engine, autocommit(engine)
        self._following, self._surfacing = following, surfacing

    @asynccontextmanager
    async def begin_if(
        self, judge: Callable[[AsyncConnection], Awaitable[Judged]]
    ) -> AsyncIterator[tuple[AsyncConnection, int, Judged]]:
        """As `begin`, with what `judge` returns. It raises where the person may not do it.

        It is called twice: before the lock, so that whoever is refused holds up nobody; and inside, where its answer
        stays true.
        """
        async with self.autocommit.connect() as conn:
            await judge(conn)
        async with self.begin() as (conn, rev):
            yield conn, rev, await judge(conn)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A transaction that changes lists of rooms, with its number; once committed, all pages receive the change."""
        with naming():
            async with self._transactions.begin() as conn:
                yield conn, await numbering.raise_lists_rev(conn)
        self._following.ring()

    # In such a transaction

    async def add(
        self, conn: AsyncConnection, rev: int, room_id: int, user_ids: Collection[int], since: int | None = None
    ) -> int:
        """Make these people members of a room; with `since` what was said from that seq on is unread for them.

        Returns how many were not.
        """
        new = await members.add_members(conn, room_id, user_ids, since)
        if new:
            await numbering.stamp_users(conn, rev, new)
        return len(new)

    async def hide(self, conn: AsyncConnection, rev: int, room_id: int, user_ids: Collection[int]) -> None:
        """Take a room out of the lists of these members until its next message."""
        await members.hide(conn, room_id, user_ids)
        await numbering.stamp_users(conn, rev, user_ids)
        self._surfacing.note(room_id)

    async def remove(self, conn: AsyncConnection, rev: int, room_id: int, user_id: int) -> None:
        """Take somebody out of a room; harmless when they are not in it."""
        if await members.remove_member(conn, room_id, user_id):
            await numbering.stamp_users(conn, rev, [user_id])

    # Reading

    async def check_blocks(self, conn: AsyncConnection, user_id: int, others: Collection[int]) -> None:
        """Raises BadPeople: one of the others has blocked this person, or is blocked by them."""
        found = await blocks.standing_between(conn, user_id, others)
        if found is not None:
            login, is_own = found
            raise BadPeople(f"You have blocked “{login}”." if is_own else f"“{login}” takes no messages from you.")

    async def state(self, user: User, room_id: int) -> RoomState:
        """A room as one of its members finds it now. Raises NotAMember."""
        async with self.autocommit.connect() as conn:
            found = await room_state(conn, room_id, user.id)
        if found is None:
            raise NotAMember()
        return found[0]
