"""What people may do in rooms: authorise, decide, hand to the journal. Knows neither sockets' frames nor HTTP."""

import asyncio
from collections.abc import Callable, Collection

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config
from app.base.errors import NotAMember
from app.chat.limits import Limits
from app.chat.memberships import members, numbering, room_queries
from app.chat.memberships.following import Following
from app.chat.memberships.read_marks import ReadMarks
from app.chat.messages.amending import change
from app.chat.messages.delivery import Delivery
from app.chat.messages.history import History
from app.chat.messages.journal import Answer, Entry, Journal
from app.chat.presence.presence import Presence
from app.chat.wire import events, notes
from app.chat.wire.commands import MAX_TEXT_CHARS, Change, Post, Read, SetLevel, Typing, Unread
from app.chat.wire.events import Ack, Author, Hello, RoomState, encode
from app.db.driver.engine import autocommit
from app.db.driver.gathering import Gathered
from app.db.replica import Replica
from app.live.bus import Bus
from app.live.client import Client, Close
from app.live.hub import Hub

DRAIN_S = 2.0
FAREWELL_S = 1.0


class ChatService:
    """One a process; `writer` is the journal's engine. Database trouble passes through; the edges translate it."""

    def __init__(
        self, engine: AsyncEngine, writer: AsyncEngine, replica: Replica, hub: Hub, bus: Bus[notes.Note], config: Config
    ) -> None:
        self._engine, self._transactions = autocommit(engine), engine
        self.history = History(self._engine, replica)
        self._limits = Limits(config)
        self.hub, self.bus = hub, bus
        self.presence = Presence(hub, bus)
        self.following = Following(engine, bus, self.presence)
        self.read_marks = ReadMarks(self._engine, hub, bus)
        self._delivery = Delivery(hub, bus)
        self.journal = Journal(writer, self._delivery.deliver)
        self._greetings = Gathered(self._greet)
        self.is_closing = False

    # Reading

    async def hello(self, author: Author) -> Hello:
        """What a person must know first: the epoch and their rooms, for a socket that `following` has heard of."""
        while True:
            found = await self._greetings.get(author.id)
            assert found is not None  # noqa: S101 (see `_greet`)
            if not self.following.is_older(found.lists_rev):
                return Hello(str(found.epoch), author, found.of[author.id], {"text": MAX_TEXT_CHARS})
            await self.following.compare()  # which knows better when it is the database that went back

    async def _greet(self, user_ids: Collection[int]) -> dict[int, room_queries.RoomLists]:
        async with self._engine.connect() as conn:
            found = await room_queries.rooms_of_each(conn, user_ids)
        return dict.fromkeys(user_ids, found)

    async def rooms(self, user_id: int) -> list[RoomState]:
        """The rooms of a person, at least one; they land in the first.

        Raises:
            NotAMember: of any room.
        """
        async with self._engine.connect() as conn:
            rooms = await room_queries.rooms_of(conn, user_id)
        if not rooms:
            raise NotAMember("You are not a member of any room yet.")
        return rooms

    # Writing

    def post(self, author: Author, post: Post, answer: Answer) -> None:
        """Append a message; `answer` gets the ack once it is committed, or the refusal.

        Posting again with the same id gets the first message's ack. Membership is judged by the statement that writes.

        Raises:
            RateLimited, Unavailable: nothing was taken.
        """
        self._limits.count_post(author.id)
        self.journal.append(Entry.of(author, post, answer))

    async def change(self, author: Author, command: Change, answer: Callable[[Ack], None]) -> None:
        """Edit, delete or react to a message; `answer` gets the ack once it is committed.

        The same command again gets the ack of what is there, and changes nothing.

        Raises:
            RateLimited, NotAMember, Forbidden, BadCommand: nothing was changed.
        """
        self._limits.count_post(author.id)
        made = await change(self._engine, author.id, command)
        answer(Ack(command.id, command.room, command.seq, made.rev, made.unheard, made.off))
        # Published as it is read, and so with what others changed meanwhile, in one statement.
        self._delivery.advance(command.room, made.rev)

    async def read(self, client: Client, command: Read) -> None:
        """Remember how far a person has read."""
        self._limits.count_other(client.user_id)
        await self.read_marks.read(client, command.room, command.seq)

    async def unread(self, client: Client, command: Unread) -> None:
        """Take back that a person has read a message and what came after it."""
        self._limits.count_other(client.user_id)
        await self.read_marks.unread(client.user_id, command.room, command.seq)

    async def set_level(self, user_id: int, command: SetLevel) -> None:
        """Set how much of a room counts as unread for a person; returns when their pages here have been told.

        Raises:
            NotAMember
        """
        self._limits.count_other(user_id)
        async with self._engine.connect() as conn:
            if not await members.is_member(conn, command.room, user_id):
                raise NotAMember()  # before the lock, so that outsiders hold up nobody
        async with self._transactions.begin() as conn:
            lists_rev = await numbering.raise_lists_rev(conn)
            if not await members.set_level(conn, command.room, user_id, command.level):
                raise NotAMember()
            await numbering.stamp_users(conn, lists_rev, [user_id])
        self.following.ring()
        await self.following.compare()

    def typing(self, client: Client, author: Author, command: Typing) -> None:
        """Tell a room that someone is typing.

        Raises:
            NotAMember: the socket does not follow the room.
        """
        self._limits.count_other(author.id)
        if command.room not in client.rooms:
            raise NotAMember()
        self.hub.announce(command.room, encode(events.Typing(command.room, author)))
        self.bus.send(notes.Typing(command.room, notes.Typist(author.id, author.login, author.name)))

    def count_other(self, user_id: int) -> None:
        """Count a command that is no post; raises RateLimited."""
        self._limits.count_other(user_id)

    # Hearing and stopping

    def end_session(self, session_id: int) -> None:
        """Close the sockets of a login that ended, here and in other processes."""
        self.hub.clients.close_session(session_id)
        self.bus.send(notes.SessionEnded(session_id))

    def on_ring(self, room: int, rev: int) -> None:
        """Hear that a room is at `rev` elsewhere."""
        self.hub.advance(room, rev)

    def on_note(self, process: str, note: notes.Note) -> None:
        """Do what another process asks for."""
        match note:
            case notes.SessionEnded():
                self.hub.clients.close_session(note.session)
            case notes.Read() | notes.Unread():
                self.read_marks.on_note(note)
            case notes.ListsChanged():
                self.following.on_ring()
            case notes.Typing():
                self.hub.announce(note.room, encode(events.Typing(note.room, Author(*note.user))))
            case _:
                self.presence.on_note(process, note)

    async def on_open(self) -> None:
        """The bus has just begun to hear: read what it missed, and ask who is elsewhere."""
        await self.hub.loader.reconcile()
        self.following.on_ring()
        self.presence.ask()

    async def close(self) -> None:
        """Answer every post that was taken, then send every socket away: they come back to the next process."""
        self.is_closing = True
        try:
            async with asyncio.timeout(DRAIN_S):
                await self.journal.close()
        except TimeoutError:
            pass  # the database is away; what was not acknowledged waits in its sender's page
        self.hub.flush()
        self.hub.clients.close_all(Close.RESTART)
        await self.hub.clients.leave(FAREWELL_S)
