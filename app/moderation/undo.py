"""Take back all that one account has made, for an administrator: messages, reactions, empty rooms, invitations.

It goes in steps that each commit, so what was done stays done wherever it ends, and the next attempt goes on there.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.audit.recording import record
from app.auth import User
from app.base.log_fields import fields
from app.chat.memberships import members, numbering
from app.chat.memberships.following import Following
from app.chat.service import ChatService
from app.db.driver.engine import autocommit
from app.moderation import undo_queries as queries

log = logging.getLogger(__name__)

Note = Callable[[AsyncConnection], Awaitable[None]]

AT_ONCE = 1_000  # messages, and as many with reactions, in one request


class Undoing:
    """One a process."""

    def __init__(self, engine: AsyncEngine, chat: ChatService, following: Following) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._chat, self._following = chat, following

    async def undo(self, admin: User, user_id: int) -> bool:
        """As `take_back`, for an administrator: it is written down."""

        async def note(conn: AsyncConnection) -> None:
            await record(conn, admin.id, "undone", user_id=user_id)

        return await self.take_back(admin.id, user_id, note)

    async def take_back(self, actor_id: int, user_id: int, note: Note | None = None) -> bool:
        """Take back up to `AT_ONCE` messages, and the rest when none is left; whether all is done.

        The account is to be switched off before, so that nothing is added meanwhile. `note` is called in the
        transaction of the rest.
        """
        gone = await self._messages(actor_id, user_id)
        answered = await self._reactions(user_id)
        if len(gone) == AT_ONCE or len(answered) == AT_ONCE:
            return False
        async with self._transactions.begin() as conn:
            await self._rooms(conn, user_id)
            await queries.revoke_invitations_of(conn, user_id)
            if note is not None:
                await note(conn)
        self._following.ring()
        log.info("undone", extra=fields(user=user_id, by=actor_id))
        return True

    async def _messages(self, actor_id: int, user_id: int) -> Sequence[tuple[int, int]]:
        async with self._autocommit.connect() as conn:
            found = await queries.living_messages(conn, user_id, AT_ONCE)
        await self._chat.remove((actor_id, room, seq) for room, seq in found)
        return found

    async def _reactions(self, user_id: int) -> Sequence[tuple[int, int]]:
        async with self._autocommit.connect() as conn:
            found = await queries.reacted(conn, user_id, AT_ONCE)
        revs: dict[int, int] = {}
        for room, seq in found:
            async with self._transactions.begin() as conn:
                revs[room] = await queries.take_reactions(conn, user_id, room, seq)
        for room, rev in revs.items():
            self._chat.advance(room, rev)
        return found

    async def _rooms(self, conn: AsyncConnection, user_id: int) -> None:
        lists_rev = await numbering.raise_lists_rev(conn)
        await numbering.stamp_users(conn, lists_rev, await members.hide_silent_directs_of(conn, user_id))
        if empty := await queries.rooms_of_nobody_else(conn, user_id):
            await queries.archive_rooms(conn, lists_rev, empty)
            await numbering.stamp_users(conn, lists_rev, await members.remove_all(conn, empty))
