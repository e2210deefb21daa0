"""One room's stream of changes in this process. The one place where order is kept.

A channel has a position (`head`, the newest `rev` published here), the newest events in memory, and the clients whose
position is the head. It takes changes only if they continue at the head.
"""

import asyncio
from collections import deque
from collections.abc import Set
from dataclasses import dataclass

from app.live.client import Client
from app.live.fanout import write_to_each
from app.live.frames import text_frame

RECENT_EVENTS = 1_000


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed in a room after rev `after`, up to and including rev `upto`.

    `events` are `(rev, subject, line)` by rising rev. A subject that changed twice is there once, in its present state:
    revs may be missing, but no change is. Subjects have numbers, in the order in which they were made.
    """

    room: int
    after: int
    upto: int
    events: list[tuple[int, int, bytes]]


class Channel:
    """See the module. No method awaits, so what one returns is true until the caller's next `await`."""

    def __init__(self, newest: Changes) -> None:
        """Begin at the end of `newest`, with its events in memory."""
        self.room = newest.room
        self.head = newest.upto
        # A dict for its order: writing to sockets in the order in which they came costs the kernel an eighth less.
        # The value is the number of the socket; most flushes look at nothing else.
        self.clients: dict[Client, int] = {}
        self.loading = asyncio.Lock()  # held while a gap is loaded, so that it is loaded once
        self._recent = deque(newest.events)
        self._newest_subject = max((subject for _, subject, _ in newest.events), default=0)  # in memory
        self._recent_after = newest.after
        self._pending: list[bytes] = []
        self._ephemera: list[bytes] = []

    def dismiss(self) -> list[Client]:
        """Remove all clients, and return them; what is still about to be written goes to nobody."""
        followers = [*self.clients]
        self.clients.clear()
        for client in followers:
            client.rooms.discard(self.room)
        return followers

    def accept(self, changes: Changes) -> bool:
        """Publish what is new in `changes`. False when there is a gap before them, which must be loaded first."""
        if changes.after > self.head:
            return False
        for rev, subject, line in changes.events:
            if rev > self.head:
                self._pending.append(line)
                self._remember(rev, subject, line)
        self.head = max(self.head, changes.upto)
        while len(self._recent) > RECENT_EVENTS:
            self._recent_after, _, _ = self._recent.popleft()
        return True

    def _remember(self, rev: int, subject: int, line: bytes) -> None:
        """Keep an event, in place of an older one of its subject: what was deleted must not be sent again."""
        if subject <= self._newest_subject:
            self._recent = deque(event for event in self._recent if event[1] != subject)
        self._newest_subject = max(self._newest_subject, subject)
        self._recent.append((rev, subject, line))

    def since(self, rev: int) -> list[bytes] | None:
        """The events after `rev`; None when they are not all in memory, or when `rev` is ahead of the head."""
        if not self._recent_after <= rev <= self.head:
            return None
        lines: list[bytes] = []
        for event_rev, _, line in reversed(self._recent):
            if event_rev <= rev:
                break
            lines.append(line)
        return lines[::-1]

    def announce(self, line: bytes) -> None:
        """Send everyone something that need not arrive: slow readers are left out."""
        self._ephemera.append(line)

    def flush(self, apart: Set[Client]) -> None:
        """Write what is pending to every client, as one frame that all share.

        `apart` are the clients who are blocked or have something in their outbox. They are handled one by one; for
        those who lag, what must arrive waits in the outbox.
        """
        durable, ephemera = self._pending, self._ephemera
        if not durable and not ephemera:
            return
        self._pending, self._ephemera = [], []
        frame = text_frame(durable + ephemera)
        one_by_one = self.clients.keys() & apart  # goes through the smaller of the two
        self._write_to_all_but({self.clients[client] for client in one_by_one}, frame)
        for client in one_by_one:
            if not client.deliver(frame):
                client.keep(durable)

    def _write_to_all_but(self, left_out: Set[int], frame: bytes) -> None:
        short = dict(write_to_each([fd for fd in self.clients.values() if fd not in left_out], frame))
        for client, fd in [*self.clients.items()] if short else ():
            if fd in short:
                client.ws.write(frame[short[fd] :])
