"""How far people have read: stored, and sent to all their own pages, in this process and in others.

Where somebody takes back to have read something, their pages get what is unread then. That must be read from the
database. So notes about marks from other processes are handled one after the other, in the order in which they came.
"""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.memberships import members, room_queries
from app.chat.wire import events, notes
from app.db.driver.engine import ANSWER_S, autocommit
from app.db.driver.outlasting import outlasting
from app.live.bus.bus import Bus
from app.live.client import Client
from app.live.hub import Hub

log = logging.getLogger(__name__)

MAX_NOTES = 1_000  # that wait; later ones are dropped, as notes may be
ATTEMPTS = 5


class ReadMarks:
    """One a process."""

    def __init__(self, engine: AsyncEngine, hub: Hub, bus: Bus[notes.Note]) -> None:
        self._autocommit = autocommit(engine)
        self._hub, self._bus = hub, bus
        self._notes: asyncio.Queue[notes.Read | notes.Unread] = asyncio.Queue(MAX_NOTES)

    async def read(self, client: Client, room: int, seq: int) -> None:
        """Store how far a person has read, and send it to their other tabs."""
        async with self._autocommit.connect() as conn:
            raised = await members.mark_read(conn, room, client.user_id, seq)
        if raised is not None:
            self._hub.send_to(client.user_id, events.encode(events.Read(room, raised)), but=client)
            self._bus.send(notes.Read(client.user_id, room, raised))

    async def unread(self, user_id: int, room: int, seq: int) -> None:
        """Take back that a person has read a message and what came after it, and send that to all their tabs."""
        async with self._autocommit.connect() as conn:
            lowered = await members.mark_unread(conn, room, user_id, seq)
        if lowered is not None:
            self._bus.send(notes.Unread(user_id, room, lowered))
            await self._send_unread(user_id, room)

    def on_note(self, note: notes.Read | notes.Unread) -> None:
        """Another process has stored a mark."""
        if self._hub.clients.of(note.user):
            with suppress(asyncio.QueueFull):
                self._notes.put_nowait(note)

    async def send_for_ever(self) -> None:
        """Send people's tabs here what other processes stored; endless."""
        while True:
            note = await self._notes.get()
            if isinstance(note, notes.Read):
                self._hub.send_to(note.user, events.encode(events.Read(note.room, note.seq)))
                continue
            with outlasting(log, f"cannot send what is unread room={note.room}"):
                async with asyncio.timeout(ANSWER_S):
                    await self._send_unread(note.user, note.room)

    async def _send_unread(self, user_id: int, room: int) -> None:
        """Send what is unread, read no earlier than what was published here: only later changes follow."""
        for _ in range(ATTEMPTS):
            async with self._autocommit.connect() as conn:
                found = await room_queries.room_state(conn, room, user_id)
            if found is None:
                return
            state, _ = found
            if state.last_rev >= self._hub.head(room):
                break
        lists = (state.deleted, state.own or [], state.calls or [])
        rest = (state.unlisted, state.last_rev) if state.unlisted else ()
        self._hub.send_to(user_id, events.encode(events.Read(room, state.read_seq, True, *lists, *rest)))
