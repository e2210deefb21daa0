"""People leave for good: first the account, at once; then what they wrote, in steps that each commit.

Their messages get new revs, since their author is called otherwise now: so every page shows what a reload shows, also
one that was away meanwhile. A process that dies in between leaves the rest to another.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth.service import Accounts
from app.base.log_fields import fields
from app.chat.memberships.following import Following
from app.chat.service import ChatService
from app.db.driver.engine import autocommit
from app.db.driver.kept import direct
from app.db.driver.outlasting import outlasting
from app.leaving import former, queries
from app.moderation.undo import Undoing

log = logging.getLogger(__name__)

LOOK_S = 2.5
LEASE = timedelta(minutes=2)  # after which another process goes on; longer than `undo` takes for one go
AT_ONCE = 200  # messages of one transaction, which holds the lock of their room


class Leaving:
    """One a process."""

    def __init__(
        self,
        engine: AsyncEngine,
        accounts: Accounts,
        chat: ChatService,
        following: Following,
        undoing: Undoing,
        on_bytes_left: Callable[[Collection[int]], None],
    ) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts, self._chat = accounts, chat
        self._following, self._undoing, self._on_bytes_left = following, undoing, on_bytes_left

    async def delete(self, actor_id: int, user_id: int, *, keeps_messages: bool) -> None:
        """Delete somebody's account; their sockets close at once, and what they wrote is settled within seconds.

        Raises:
            NotFound, LastAdmin
        """
        async with self._transactions.begin() as conn:
            left = await former.make(conn, actor_id, user_id, keeps_messages=keeps_messages)
        log.info("person deleted", extra=fields(user=user_id, by=actor_id, keeps_messages=keeps_messages))
        self._accounts.announce_ended(left.session_ids)
        self._following.ring()
        if left.avatar_id is not None:
            self._on_bytes_left([left.avatar_id])

    async def settle_for_ever(self) -> None:
        """Settle what people wrote who left, here or by the command line; endless."""
        while True:
            with outlasting(log, "cannot settle what people wrote who left"):
                await self.settle_all()
            await asyncio.sleep(LOOK_S)

    async def settle_all(self) -> None:
        """Settle what is due."""
        while (found := await self._take()) is not None:
            await self._settle(*found)

    async def _take(self) -> tuple[int, bool] | None:
        async with direct(self._autocommit) as conn:
            return await queries.take(conn, LEASE)

    async def _settle(self, user_id: int, keeps_messages: bool) -> None:
        while not keeps_messages and not await self._undoing.take_back(user_id, user_id):
            async with self._transactions.begin() as conn:
                await queries.keep(conn, user_id, LEASE)
        async with self._transactions.connect() as conn:
            rooms = await queries.rooms_with(conn, user_id)
        for room in rooms:
            await self._show_anew(user_id, room)
        async with self._transactions.begin() as conn:
            await queries.end(conn, user_id)
        log.info("settled what somebody wrote who left", extra=fields(user=user_id, rooms=len(rooms)))

    async def _show_anew(self, user_id: int, room: int) -> None:
        async with self._transactions.connect() as conn:
            seqs = await queries.messages_with(conn, room, user_id)
        for begin in range(0, len(seqs), AT_ONCE):
            async with self._transactions.begin() as conn:
                await queries.keep(conn, user_id, LEASE)
                rev = await queries.renumber(conn, room, seqs[begin : begin + AT_ONCE])
            self._chat.advance(room, rev)
