"""Who may save what, and the messages of a room a page at a time. Owns the transactions.

A room is read in short statements, one after the other: however large it is and however slow the reader, no connection
is kept meanwhile. Whoever is removed from the room gets no further page.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.audit.recording import record
from app.auth import User
from app.auth.service import Accounts
from app.base.config import Config
from app.base.errors import Forbidden, NotFound, Unavailable
from app.chat.memberships import members
from app.chat.memberships.room_queries import room_state
from app.chat.messages.history import PAGE_DEFAULT
from app.chat.messages.message import Message
from app.chat.messages.queries import stretch
from app.chat.wire.events import RoomState
from app.db.driver.engine import autocommit, make_engine
from app.files.keeping.store import Store
from app.files.serving.service import ASK_AGAIN_S, Reader
from app.rooms import rules
from app.rooms.queries import standing
from app.saving import queries
from app.transfer.exporting import exported

GONE = "There is no such room that you could save."
WHOLE_MOST_S = 6 * 3600.0  # the database keeps all that is deleted for as long as somebody receives the chat of before


@dataclass(frozen=True)
class Savable:
    """A room as one of its members finds it: whether they may save it, and whether they may set who else does."""

    room: RoomState
    is_for_members: bool
    may_manage: bool

    @property
    def may_save(self) -> bool:
        return self.is_for_members or self.may_manage


class Saving:
    """One a process."""

    def __init__(self, config: Config, engine: AsyncEngine, accounts: Accounts, store: Store) -> None:
        self._config, self._accounts, self._store = config, accounts, store
        self._transactions, self._autocommit = engine, autocommit(engine)

    async def find(self, user: User, room_id: int) -> Savable:
        """A room of a member.

        Raises:
            NotFound: there is none, or it is none of theirs: one answer for both.
        """
        async with self._autocommit.connect() as conn:
            return await self._find(conn, user, room_id)

    async def begin(self, user: User, room_id: int, form: str) -> Savable:
        """The same, of a room that is to be saved; it is written down who does that.

        Raises:
            NotFound
            Forbidden: only those who manage the room may.
        """
        async with self._transactions.begin() as conn:
            found = await self._find(conn, user, room_id)
            if not found.may_save:
                raise Forbidden("Whoever looks after this room has kept its members from saving it.")
            await record(conn, user.id, "saved", room_id=room_id, detail=form)
        return found

    async def set_for_members(self, user: User, room_id: int, *, is_on: bool) -> None:
        """Let all members of a room save it, or only those who manage it: its creator and admins.

        Raises:
            NotFound, Forbidden, RoomArchived
        """
        async with self._transactions.begin() as conn:
            await self._find(conn, user, room_id)
            rules.managed(user, await standing(conn, room_id, user.id), revived=True)
            if await queries.set_for_members(conn, room_id, is_on=is_on):
                detail = "members may save it" if is_on else "members may not save it"
                await record(conn, user.id, "room", room_id=room_id, detail=detail)

    async def messages(self, reader: Reader, room: RoomState) -> AsyncGenerator[list[Message], None]:
        """All messages up to the room's head, a page at a time, each as it is when it is read.

        Raises:
            NotFound: they are no member any more, or their session has ended.
        """
        after = 0
        while after < room.last_seq:
            async with self.reading(reader, room.id) as conn:
                found = await stretch(conn, room.id, before=None, after=after, around=None, limit=PAGE_DEFAULT)
            page = [each for each in found.messages if each.seq <= room.last_seq]
            if not page:
                return
            after = page[-1].seq
            yield page

    @asynccontextmanager
    async def reading(self, reader: Reader, room_id: int) -> AsyncIterator[AsyncConnection]:
        """A connection for the next page of a room that somebody reads.

        Raises:
            NotFound: they are no member any more, or their session has ended.
        """
        if not await self._accounts.living({reader.session_id}):
            raise NotFound(GONE)
        async with self._autocommit.connect() as conn:
            if not await members.is_member(conn, room_id, reader.user_id):
                raise NotFound(GONE)
            yield conn

    async def whole(self, admin: Reader) -> AsyncGenerator[bytes, None]:
        """The whole chat as docs/EXPORT.md has it, without passwords; it is written down who took it.

        It is read in one transaction, on a connection beside those that others wait for.

        Raises:
            NotFound: they are no admin any more, or their session has ended.
            Unavailable: it took longer than `WHOLE_MOST_S`.
        """
        async with self._transactions.begin() as conn:
            await record(conn, admin.user_id, "exported")
        engine = make_engine(self._config, size=0)
        begun = asked = time.monotonic()
        try:
            async with aclosing(exported(engine, self._store, with_passwords=False)) as pieces:
                async for piece in pieces:
                    if time.monotonic() - begun > WHOLE_MOST_S:
                        raise Unavailable("This took too long. Export on the command line.")
                    if time.monotonic() - asked > ASK_AGAIN_S:
                        await self._ask_admin_again(admin)
                        asked = time.monotonic()
                    yield piece
        finally:
            await engine.dispose()

    async def _ask_admin_again(self, admin: Reader) -> None:
        async with self._autocommit.connect() as conn:
            is_admin = await queries.is_admin(conn, admin.user_id)
        if not is_admin or not await self._accounts.living({admin.session_id}):
            raise NotFound()

    async def _find(self, conn: AsyncConnection, user: User, room_id: int) -> Savable:
        state = await room_state(conn, room_id, user.id)
        if state is None:
            raise NotFound(GONE)
        room, _ = state
        may_manage = room.kind != "direct" and (user.role == "admin" or room.creator == user.id)
        return Savable(room, await queries.is_for_members(conn, room_id), may_manage)
