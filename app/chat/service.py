"""What people may do in rooms: authorise, decide, hand to the journal. Knows neither sockets' frames nor HTTP."""

import asyncio
import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat import events, queries
from app.chat.commands import MAX_TEXT_CHARS, Post, Read, Typing
from app.chat.events import Author, Hello, Message, RoomState, encode
from app.chat.journal import Answer, Entry, Journal
from app.chat.limits import Limits
from app.chat.presence import Presence
from app.chat.source import lines
from app.config import Config
from app.db.engine import autocommit
from app.errors import BadCommand, NotAMember
from app.live.bus import Bus, Note
from app.live.channel import Changes
from app.live.client import Client, Close
from app.live.hub import Hub

PAGE_DEFAULT, PAGE_MAX = 50, 200
DRAIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a room's history by rising seq, and the room as it was just before it was read."""

    room: RoomState
    messages: list[Message]
    epoch: uuid.UUID


class ChatService:
    """One a process. Database trouble passes through as it is; the edges translate it."""

    def __init__(self, engine: AsyncEngine, hub: Hub, config: Config) -> None:
        self._engine = autocommit(engine)
        self._limits = Limits(config)
        self.hub = hub
        self.presence = Presence(hub)
        self.journal = Journal(engine, self._publish)
        self.bus: Bus | None = None

    # Reading

    async def hello(self, author: Author) -> Hello:
        """What a person must know first: the epoch and their rooms."""
        async with self._engine.connect() as conn:
            epoch = await queries.epoch(conn)
            rooms = await queries.rooms_of(conn, author.id)
        return Hello(str(epoch), author, rooms, {"text": MAX_TEXT_CHARS})

    async def first_room(self, user_id: int) -> int:
        """The id of the room that a person lands in.

        Raises:
            NotAMember: of any room.
        """
        async with self._engine.connect() as conn:
            rooms = await queries.rooms_of(conn, user_id)
        if not rooms:
            raise NotAMember("You are not a member of any room yet.")
        return rooms[0].id

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
        async with self._engine.connect() as conn:
            epoch = await queries.epoch(conn)
            # Read before the messages, so that its last_rev may serve as their cursor.
            room = await queries.room_state(conn, room_id, user_id)
            if room is None:
                raise NotAMember()
            if after is not None:
                messages = await queries.messages_after(conn, room_id, after, limit)
            elif around is not None:
                messages = await queries.messages_before(conn, room_id, around, limit // 2)
                messages += await queries.messages_after(conn, room_id, around - 1, limit - limit // 2)
            else:
                messages = await queries.messages_before(conn, room_id, before, limit)
        return Page(room, messages, epoch)

    # Writing

    def post(self, author: Author, post: Post, answer: Answer) -> None:
        """Append a message; `answer` gets the ack once it is committed, or the refusal.

        Posting again with the same id gets the first message's ack. Membership is judged by the statement that writes.

        Raises:
            RateLimited, Unavailable: nothing was taken.
        """
        self._limits.count_post(author.id)
        self.journal.append(Entry(author, post, answer))

    async def read(self, client: Client, command: Read) -> None:
        """Remember how far a person has read, and tell their other tabs."""
        self._limits.count_other(client.user_id)
        async with self._engine.connect() as conn:
            seq = await queries.mark_read(conn, command.room, client.user_id, command.seq)
        if seq is not None:
            self._tell_own_tabs(client.user_id, events.Read(command.room, seq), but=client)
            self._tell_others({"kind": "read", "user": client.user_id, "room": command.room, "seq": seq})

    def typing(self, client: Client, author: Author, command: Typing) -> None:
        """Tell a room that someone is typing.

        Raises:
            NotAMember: the socket does not follow the room.
        """
        self._limits.count_other(author.id)
        if command.room not in client.rooms:
            raise NotAMember()
        self.hub.announce(command.room, encode(events.Typing(command.room, author)))
        self._tell_others({"kind": "typing", "room": command.room, "user": [author.id, author.login, author.name]})

    def count_resume(self, user_id: int) -> None:
        """Raises RateLimited."""
        self._limits.count_other(user_id)

    # Hearing and stopping

    def end_session(self, session_id: int) -> None:
        """Close the sockets of a login that ended, here and in other processes."""
        self.hub.close_session(session_id)
        self._tell_others({"kind": "session_ended", "session": session_id})

    def noted(self, note: Note) -> None:
        """Hear what another process told."""
        match note:
            case {"kind": "session_ended", "session": int(session_id)}:
                self.hub.close_session(session_id)
            case {"kind": "read", "user": int(user_id), "room": int(room), "seq": int(seq)}:
                self._tell_own_tabs(user_id, events.Read(room, seq))
            case {"kind": "typing", "room": int(room), "user": [int(user_id), str(login), str(name)]}:
                self.hub.announce(room, encode(events.Typing(room, Author(user_id, login, name))))

    async def close(self) -> None:
        """Answer every post that was taken, then send every socket away: they come back to the next process."""
        try:
            async with asyncio.timeout(DRAIN_S):
                await self.journal.close()
        except TimeoutError:
            pass  # the database is away; what was not acknowledged waits in its sender's page
        self.hub.flush()
        self.hub.close_all(Close.RESTART)
        self.presence.close()

    def _publish(self, messages: list[Message]) -> None:
        """Tell every reader of each room, here and elsewhere; a batch numbers each room without a gap."""
        by_room: dict[int, list[Message]] = {}
        for message in messages:
            by_room.setdefault(message.room, []).append(message)
        for room, new in by_room.items():
            self.hub.publish(Changes(room, new[0].rev - 1, new[-1].rev, lines(new)))
            if self.bus is not None:
                self.bus.ring(room, new[-1].rev)

    def _tell_own_tabs(self, user_id: int, event: events.Read, but: Client | None = None) -> None:
        line = encode(event)
        for client in self.hub.clients_of(user_id):
            if client is not but:
                self.hub.send(client, line)

    def _tell_others(self, note: Note) -> None:
        if self.bus is not None:
            self.bus.tell(note)
