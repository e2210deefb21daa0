"""What people find: rooms that they may join, other people, and who is in a room. It only reads."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth.sessions import User
from app.base.errors import NotAMember
from app.chat.messages.expiry import count_older
from app.chat.wire.events import Author
from app.db.driver.engine import autocommit
from app.limits.limits import Limits
from app.rooms import queries, rules
from app.rooms.commands import UpdateRoom


class Directory:
    """One a process."""

    def __init__(self, engine: AsyncEngine, limits: Limits) -> None:
        self._autocommit, self._limits = autocommit(engine), limits

    async def joinable(self, user: User, words: str) -> list[dict[str, Any]]:
        """The open rooms that a person may join, with the number of their members; at most a hundred."""
        self._limits.count_other(user.id)
        async with self._autocommit.connect() as conn:
            found = await queries.joinable(conn, user.id, words)
        return [dict(row._mapping) for row in found]

    async def offered(self, user: User, room_id: int) -> dict[str, Any]:
        """An open room that a person may join, as `joinable` has it.

        Raises:
            NotAMember: it is none.
            RateLimited
        """
        self._limits.count_other(user.id)
        async with self._autocommit.connect() as conn:
            found = await queries.joinable_room(conn, user.id, room_id)
        if found is None:
            raise NotAMember()
        return dict(found._mapping)

    async def count_older(self, user: User, room_id: int, days: int) -> int:
        """How many messages of a room would go if they stayed for so many days; at most `MOST_COUNTED`.

        Raises:
            NotAdmin, Forbidden, RoomArchived, NotAMember, RateLimited
        """
        self._limits.count_other(user.id)
        async with self._autocommit.connect() as conn:
            rules.managed(user, await queries.standing(conn, room_id, user.id))
            rules.check_retention(user, UpdateRoom(retention_days=days))
            return await count_older(conn, room_id, days)

    async def people(self, user: User, words: str) -> list[Author]:
        """Up to twenty other people with the letters of `words` in their login or name, those that begin so first."""
        self._limits.count_other(user.id)
        async with self._autocommit.connect() as conn:
            return await queries.people_found(conn, words, but=user.id)

    async def members(self, user: User, room_id: int) -> list[Author]:
        """The people of a room, for one of them.

        Raises:
            NotAMember
        """
        async with self._autocommit.connect() as conn:
            rules.member(await queries.standing(conn, room_id, user.id))
            return await queries.members(conn, room_id)
