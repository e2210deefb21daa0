"""Direct conversations, and who wants none with whom. No HTTP and no sockets here; `lists.py` owns the transactions."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.sessions import User
from app.base.errors import BadPeople
from app.chat.memberships import members, numbering
from app.chat.memberships.room_queries import MAX_DIRECT_PEOPLE
from app.chat.wire.events import RoomState
from app.limits.limits import Limits
from app.limits.totals import Totals
from app.rooms import blocks, changing, queries
from app.rooms.lists import Lists


class Directs:
    """One a process."""

    def __init__(self, lists: Lists, limits: Limits, totals: Totals) -> None:
        self._lists, self._limits, self._totals = lists, limits, totals

    async def open(self, user: User, logins: list[str]) -> RoomState:
        """The conversation with these people: always the same for the same people.

        The others find it in their lists with its first message.

        Raises:
            BadPeople: somebody is not there, they are too many, or one has blocked the other.
        """
        self._limits.count_other(user.id)
        async with self._lists.autocommit.connect() as conn:
            others = {person.id for person in await changing.called(conn, logins)} - {user.id}
            if not 1 <= len(others) < MAX_DIRECT_PEOPLE:
                raise BadPeople(f"Choose 1 to {MAX_DIRECT_PEOPLE - 1} other people.")
            await self._lists.check_blocks(conn, user.id, others)
            key = queries.direct_key({user.id, *others})
            room_id = await queries.direct_of(conn, key)
            if room_id is None:
                await self._totals.check(conn, user, "directs")
            is_there = room_id is not None and not await members.is_hidden(conn, room_id, user.id)
        if not is_there:
            async with self._lists.begin() as (conn, rev):
                room_id = room_id or await self._make_direct(conn, rev, key, user, others)
                if await members.show(conn, room_id, user.id):
                    await numbering.stamp_users(conn, rev, [user.id])
        assert room_id is not None  # noqa: S101 (made above)
        return await self._lists.state(user, room_id)

    async def _make_direct(
        self, conn: AsyncConnection, rev: int, key: str, maker: User, others: Collection[int]
    ) -> int:
        made = await queries.create_direct(conn, key)
        room_id = made or await queries.direct_of(conn, key)
        assert room_id is not None  # noqa: S101 (directs are never deleted)
        if made is not None:
            await self._lists.add(conn, rev, room_id, {maker.id, *others})
            await self._lists.hide(conn, rev, room_id, others)
            await self._totals.count(conn, maker, "directs")
        return room_id

    # Blocks

    async def block(self, user: User, login: str) -> None:
        """Let somebody begin no conversation with this person; the one of the two is closed, and hidden from them.

        Raises:
            BadPeople: nobody has this login, or it is their own.
            RateLimited
        """
        self._limits.count_other(user.id)
        async with self._lists.begin() as (conn, rev):
            other = await self._other(conn, user, login)
            await blocks.add(conn, user.id, other)
            room = await blocks.close_direct(conn, rev, queries.direct_key({user.id, other}), closed=True)
            if room is not None:
                await self._lists.hide(conn, rev, room, [user.id])

    async def unblock(self, user: User, login: str) -> None:
        """Take a block back; their conversation is open again, unless it is blocked from the other side, too.

        Raises:
            BadPeople, RateLimited
        """
        self._limits.count_other(user.id)
        async with self._lists.begin() as (conn, rev):
            other = await self._other(conn, user, login)
            await blocks.remove(conn, user.id, other)
            is_closed = await blocks.is_blocked(conn, other, user.id)
            await blocks.close_direct(conn, rev, queries.direct_key({user.id, other}), closed=is_closed)

    async def has_blocked(self, user: User, user_id: int) -> bool:
        """Whether this person has blocked another."""
        async with self._lists.autocommit.connect() as conn:
            return await blocks.is_blocked(conn, user.id, user_id)

    async def blocked_by(self, user: User) -> list[str]:
        """The logins of those whom this person has blocked."""
        async with self._lists.autocommit.connect() as conn:
            return await blocks.logins_blocked_by(conn, user.id)

    async def _other(self, conn: AsyncConnection, user: User, login: str) -> int:
        (person,) = await changing.called(conn, [login], but_off=False)
        if person.id == user.id:
            raise BadPeople("Nobody blocks themselves.")
        return person.id
