"""One room's stream of changes in this process. The one place where order is kept.

A channel has a position (`head`, the newest `rev` published here), the newest events in memory, and the clients whose
position is the head. It takes changes only if they continue at the head.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Collection, Set
from dataclasses import dataclass

from app.live.client import Client
from app.live.fanout import write_to_each
from app.live.frames import text_frame

RECENT_EVENTS = 1_000
RECENT_BYTES = 512 * 1024  # of them; those of usual messages are smaller
LARGE_BYTES = 256 * 1024  # what is pending and larger goes through the outboxes, so that no transport keeps it all


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

    @property
    def lines(self) -> list[bytes]:
        return [line for _, _, line in self.events]

    def first(self, most_bytes: int) -> "Changes":
        """As many of these changes, from the first on, as have so many bytes; at least one."""
        sizes = itertools.accumulate(len(line) for _, _, line in self.events)
        count = max(1, sum(size <= most_bytes for size in sizes))
        if count >= len(self.events):
            return self
        return Changes(self.room, self.after, self.events[count - 1][0], self.events[:count])


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
        self._recent_bytes = sum(map(len, newest.lines))
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
        while len(self._recent) > RECENT_EVENTS or self._recent_bytes > RECENT_BYTES:
            self._recent_after, _, line = self._recent.popleft()
            self._recent_bytes -= len(line)
        return True

    def _remember(self, rev: int, subject: int, line: bytes) -> None:
        """Keep an event, in place of an older one of its subject: what was deleted must not be sent again."""
        if subject <= self._newest_subject:
            self._recent = deque(event for event in self._recent if event[1] != subject)
            self._recent_bytes = sum(len(kept) for _, _, kept in self._recent)
        self._newest_subject = max(self._newest_subject, subject)
        self._recent.append((rev, subject, line))
        self._recent_bytes += len(line)

    def since(self, rev: int) -> Changes | None:
        """All after `rev`; None when that is not all in memory, or when `rev` is ahead of the head."""
        if not self._recent_after <= rev <= self.head:
            return None
        newer = [*itertools.takewhile(lambda event: event[0] > rev, reversed(self._recent))]
        return Changes(self.room, rev, self.head, newer[::-1])

    @property
    def has_news(self) -> bool:
        """Whether changes are pending; what need not arrive is not counted."""
        return bool(self._pending)

    def announce(self, line: bytes) -> None:
        """Send everyone something that need not arrive: slow readers are left out."""
        self._ephemera.append(line)

    def flush(self, apart: Set[Client]) -> Collection[Client]:
        """Write what is pending to every client, as one frame that all share; who has got it in the outbox instead.

        `apart` are the clients who are blocked or have something in their outbox. They are handled one by one; for
        those who lag, what must arrive waits in the outbox.
        """
        durable, ephemera = self._pending, self._ephemera
        if not durable and not ephemera:
            return ()
        self._pending, self._ephemera = [], []
        if sum(map(len, durable)) > LARGE_BYTES:
            return self._keep(durable, ephemera)
        frame = text_frame(durable + ephemera)
        one_by_one = self.clients.keys() & apart  # goes through the smaller of the two
        self._write_to_all_but({self.clients[client] for client in one_by_one}, frame)
        for client in one_by_one:
            if not client.deliver(frame):
                client.keep(durable)
        return ()

    def _keep(self, durable: list[bytes], ephemera: list[bytes]) -> Collection[Client]:
        """Put a large batch into the outboxes, which share its lines, and from which it leaves as the network takes it.

        As one frame it would be copied for everyone who reads more slowly than we write.
        """
        for client in [*self.clients]:
            client.keep(durable if client.ws.lagging else durable + ephemera)
        return self.clients

    def _write_to_all_but(self, left_out: Set[int], frame: bytes) -> None:
        short = dict(write_to_each([fd for fd in self.clients.values() if fd not in left_out], frame))
        for client, fd in [*self.clients.items()] if short else ():
            if fd in short:
                client.ws.write(frame[short[fd] :])
