"""What people do over their sockets, apart from frames and HTTP: counted, authorised, written, handed on."""

import asyncio
from collections.abc import Callable, Collection, Iterable

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import NotAMember
from app.chat.memberships import members, numbering
from app.chat.memberships.following import Following
from app.chat.memberships.read_marks import ReadMarks
from app.chat.messages.amend import amend, remove
from app.chat.messages.delivery import Delivery
from app.chat.messages.journal import Answer, Entry, Journal
from app.chat.wire import events, notes
from app.chat.wire.commands import Amendment, Post, Read, Typing, Unread
from app.chat.wire.events import Ack, Author, encode
from app.chat.wire.preferences import Preference
from app.db.driver.engine import autocommit
from app.limits.limits import Limits
from app.live.bus.bus import Bus
from app.live.client import Client, Close
from app.live.hub import Hub

DRAIN_S = 2.0
FAREWELL_S = 1.0


class ChatService:
    """One a process. Database trouble passes through; the edges translate it."""

    def __init__(
        self,
        engine: AsyncEngine,
        hub: Hub,
        bus: Bus[notes.Note],
        *,
        limits: Limits,
        journal: Journal,
        delivery: Delivery,
        following: Following,
        read_marks: ReadMarks,
        on_bytes_left: Callable[[Collection[int]], None],
    ) -> None:
        self._autocommit, self._transactions = autocommit(engine), engine
        self._hub, self._bus = hub, bus
        self._limits, self._journal, self._delivery = limits, journal, delivery
        self._following, self._read_marks = following, read_marks
        self._on_bytes_left = on_bytes_left
        self.is_closing = False

    def post(self, author: Author, post: Post, answer: Answer) -> None:
        """Append a message; `answer` gets the ack once it is committed, or the refusal.

        Posting again with the same id gets the first message's ack. Membership is judged by the statement that writes.

        Raises:
            RateLimited, Unavailable: nothing was taken.
        """
        self._limits.count_post(author.id)
        self._journal.append(Entry.of(author, post, answer))

    async def amend(self, author: Author, command: Amendment, answer: Callable[[Ack], None]) -> None:
        """Edit, delete or react to a message; `answer` gets the ack once it is committed.

        The same command again gets the ack of what is there, and changes nothing.

        Raises:
            RateLimited, NotAMember, Forbidden, BadCommand: nothing was changed.
        """
        self._limits.count_post(author.id)
        made = await amend(self._autocommit, author.id, command)
        if made.blob_ids:
            self._on_bytes_left(made.blob_ids)
        answer(Ack(command.id, command.room, command.seq, made.rev, made.unheard, made.off))
        # Published as read from the database, which also brings what others changed meanwhile.
        self._delivery.advance(command.room, made.rev)

    async def remove(self, found: Iterable[tuple[int, int, int]]) -> None:
        """Delete messages, each in a transaction of its own, as somebody: an administrator, or its author.

        `found` names that person, the room and the seq. What is deleted already stays so; the room need not be theirs.
        """
        revs: dict[int, int] = {}
        for actor_id, room, seq in found:
            removed = await remove(self._autocommit, actor_id, room, seq)
            revs[room] = removed.rev
            if removed.blob_ids:
                self._on_bytes_left(removed.blob_ids)
        for room, rev in revs.items():
            self._delivery.advance(room, rev)

    def advance(self, room: int, rev: int) -> None:
        """Publish what a feature above this one has written to a room, which is at `rev` now."""
        self._delivery.advance(room, rev)

    async def read(self, client: Client, command: Read) -> None:
        """Remember how far a person has read."""
        self._limits.count_other(client.user_id)
        await self._read_marks.read(client, command.room, command.seq)

    async def unread(self, client: Client, command: Unread) -> None:
        """Take back that a person has read a message and what came after it."""
        self._limits.count_other(client.user_id)
        await self._read_marks.unread(client.user_id, command.room, command.seq)

    async def set_preference(self, user_id: int, preference: Preference) -> None:
        """Set something for a person in a room of theirs; returns when the event is on its way to their pages.

        Raises:
            NotAMember
        """
        self._limits.count_other(user_id)
        async with self._autocommit.connect() as conn:
            if not await members.is_member(conn, preference.room, user_id):
                raise NotAMember()  # before the lock, so that outsiders hold up nobody
        async with self._transactions.begin() as conn:
            lists_rev = await numbering.raise_lists_rev(conn)
            if not await members.set_preference(conn, user_id, preference):
                raise NotAMember()
            await numbering.stamp_users(conn, lists_rev, [user_id])
        self._following.ring()
        await self._following.compare()

    def typing(self, client: Client, author: Author, command: Typing) -> None:
        """Announce in a room that someone is typing.

        Raises:
            NotAMember: the socket is not in the room.
        """
        self._limits.count_other(author.id)
        if command.room not in client.rooms:
            raise NotAMember()
        self._hub.announce(command.room, encode(events.Typing(command.room, author)))
        self._bus.send(notes.Typing(command.room, notes.Typist(author.id, author.login, author.name)))

    # Stopping

    async def close(self) -> None:
        """Answer every post that was taken, then close every socket: pages come back to the next process."""
        self.is_closing = True
        try:
            async with asyncio.timeout(DRAIN_S):
                await self._journal.close()
        except TimeoutError:
            pass  # the database is away; what was not acknowledged waits in its sender's page
        self._hub.flush()
        self._hub.clients.close_all(Close.RESTART)
        await self._hub.clients.leave(FAREWELL_S)
