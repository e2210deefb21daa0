"""What one client has to say, on its way: commands first, then messages and changes, each until it is acknowledged or
finally refused. What is sent goes to the history.
"""

import asyncio
import contextlib
import random
import time
import uuid
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.faults.checker.history import Again, History, Posted, Tried, now_s
from tests.faults.checker.state import Change
from tests.faults.client import wire
from tests.faults.client.changes import Changes
from tests.faults.client.outbox import Entry, Outbox

MAX_UNSENT, MAX_UNCHANGED = 500, 5  # nobody types on and on while nothing goes out


class Speech:
    """See the module."""

    def __init__(self, in_flight: int, chance: random.Random, history: History) -> None:
        self._random, self._history = chance, history
        self._outbox, self._changes = Outbox(in_flight), Changes()
        self._commands: list[dict[str, Any]] = []
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        """How many messages and changes are not acknowledged yet."""
        return len(self._outbox) + len(self._changes)

    @property
    def may_post(self) -> bool:
        return len(self._outbox) < MAX_UNSENT

    @property
    def may_change(self) -> bool:
        return len(self._changes) < MAX_UNCHANGED

    def command(self, command: dict[str, Any]) -> None:
        """Send a command on this socket, before any message."""
        self._commands.append(command)
        self._wake.set()

    def post(self, room: int, text: str, reply_to: int | None, files: tuple[str, ...] = ()) -> None:
        self._outbox.put(Entry(self._id(), room, text, reply_to, time.monotonic(), files))
        self._wake.set()

    def change(self, change: Change) -> None:
        self._changes.put(self._id(), change)
        self._wake.set()

    def _id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def settle(self, id: str) -> Entry | None:
        """Forget what was acknowledged or finally refused; returns it if it was a message."""
        self._wake.set()
        self._changes.settle(id)
        return self._outbox.settle(id)

    def hold(self, id: str, until: float) -> None:
        """Send what was refused again, and nothing of its kind before then."""
        self._wake.set()
        self._changes.hold(id, until)
        self._outbox.hold(id, until)

    def under_way(self) -> list[str]:
        """What was sent on this socket, and not answered."""
        change = self._changes.under_way()
        return [*self._outbox.under_way(), *([change] if change is not None else [])]

    def reconnect(self) -> None:
        """There is a new socket: everything but commands is to be sent again."""
        self._commands.clear()
        self._outbox.reconnect()
        self._changes.reconnect()

    async def pump(self, ws: ClientWebSocketResponse, greeted: asyncio.Event) -> None:
        """Send what is to be sent, in order, whenever something changed, and what was refused when its time comes."""
        await greeted.wait()
        while True:
            self._wake.clear()
            await self._say_all(ws)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._outbox.next_look_s(time.monotonic())):
                    await self._wake.wait()

    async def _say_all(self, ws: ClientWebSocketResponse) -> None:
        commands, self._commands = self._commands, []
        for command in commands:
            await ws.send_frame(wire.command(command), WSMsgType.TEXT)
        for entry in self._outbox.due(time.monotonic()):
            await self._say_post(ws, entry)
        if (due := self._changes.due(time.monotonic())) is not None:
            await self._say_change(ws, *due)

    async def _say_post(self, ws: ClientWebSocketResponse, entry: Entry) -> None:
        record = Posted(now_s(), entry.id, entry.room, entry.text, entry.reply_to, entry.files)
        self._history.note(Again(now_s(), entry.id) if entry.was_sent else record)
        entry.was_sent, entry.sent_at = True, time.monotonic()
        command = {"type": "post", "room": entry.room, "id": entry.id, "text": entry.text}
        if entry.reply_to is not None:
            command["reply_to"] = entry.reply_to
        if entry.files:
            command["files"] = entry.files
        await ws.send_frame(wire.command(command), WSMsgType.TEXT)

    async def _say_change(self, ws: ClientWebSocketResponse, id: str, change: Change) -> None:
        self._history.note(Again(now_s(), id) if id in self._changes.was_sent else Tried(now_s(), id, change))
        self._changes.was_sent.add(id)
        await ws.send_frame(wire.command(change.command(id)), WSMsgType.TEXT)
