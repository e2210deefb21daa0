"""One room's stream of changes in this process. The one place where order is kept.

A channel is a position (`head`, the newest `rev` published here), the newest events in memory, and the clients whose
position equals the head. It takes changes only if they continue at the head.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from app.live.client import Client
from app.live.frames import text_frame

RECENT_EVENTS = 1_000


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed in a room after rev `after`, up to and including rev `upto`.

    `events` are `(rev, line)` by rising rev; a message that changed twice in between stands there once, so revs may be
    missing, but nothing that happened is.
    """

    room: int
    after: int
    upto: int
    events: list[tuple[int, bytes]]


class Channel:
    """See the module. Nothing here awaits: what it decides holds until the caller's next `await`."""

    def __init__(self, newest: Changes) -> None:
        """Begin at the end of `newest`, with its events in memory."""
        self.room = newest.room
        self.head = newest.upto
        # A dict for its order: writing to sockets in the order in which they came costs the kernel an eighth less.
        self.clients: dict[Client, None] = {}
        self.loading = asyncio.Lock()  # held while a gap is loaded, so that it is loaded once
        self._recent = deque(newest.events)
        self._recent_after = newest.after
        self._pending: list[bytes] = []
        self._ephemera: list[bytes] = []

    def accept(self, changes: Changes) -> bool:
        """Publish what is new in `changes`; False when there is a gap before them, which must be loaded first."""
        if changes.after > self.head:
            return False
        for rev, line in changes.events:
            if rev > self.head:
                self._pending.append(line)
                self._recent.append((rev, line))
        self.head = max(self.head, changes.upto)
        while len(self._recent) > RECENT_EVENTS:
            self._recent_after, _ = self._recent.popleft()
        return True

    def since(self, rev: int) -> list[bytes] | None:
        """The events after `rev`, or None when memory does not reach back to it (or not yet forward to it)."""
        if not self._recent_after <= rev <= self.head:
            return None
        lines: list[bytes] = []
        for event_rev, line in reversed(self._recent):
            if event_rev <= rev:
                break
            lines.append(line)
        return lines[::-1]

    def announce(self, line: bytes) -> None:
        """Tell everyone something that need not arrive: slow readers are left out."""
        self._ephemera.append(line)

    def flush(self) -> list[Client]:
        """Write what is pending to every client, as one frame that all share; returns those who lag behind."""
        durable, ephemera = self._pending, self._ephemera
        if not durable and not ephemera:
            return []
        self._pending, self._ephemera = [], []
        lines = durable + ephemera
        frame = text_frame(lines)
        late: list[Client] = []
        for client in self.clients:
            if not client.deliver(frame):
                client.keep(durable)
                late.append(client)
        return late
