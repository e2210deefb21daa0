"""How many sockets a person has, in all processes together.

Each process sends the others, over the bus, how many it has of those who have more than one: soon after that changes,
and every second. What is not sent again is forgotten, so nobody waits long for the sockets of a process that died.
Where several took a socket in the same moment, their names say which of them closes what is too many.
"""

import asyncio
from collections.abc import Mapping
from itertools import islice

from app.chat.wire import notes
from app.chat.wire.notes import Note
from app.live.bus.bus import Bus
from app.live.client import Close
from app.live.clients import Clients

TICK_S = 0.25
BEAT_TICKS = 4
FORGET_S = 2.5
PATIENCE_S = 3.0  # until what is too many is closed: longer than a process that died is remembered
MANY = 2  # who has fewer is of no interest to others
MOST_IN_A_NOTE = 300  # each has up to 25 bytes


class Sockets:
    """Counts those of this process, and of others as far as they sent them."""

    def __init__(self, most: int, clients: Clients, bus: Bus[Note]) -> None:
        self._most, self._clients, self._bus = most, clients, bus
        self._elsewhere: dict[int, dict[str, tuple[int, float]]] = {}  # by person and process: how many, until when
        self._sent: Mapping[int, int] = {}
        self._too_many_since: dict[int, float] = {}

    def has_room(self, user_id: int) -> bool:
        """Whether a person may have one more."""
        return len(self._clients.of(user_id)) + sum(self._counts_elsewhere(user_id).values()) < self._most

    def on_note(self, process: str, note: notes.Sockets) -> None:
        """Another process has so many sockets of these people."""
        until = _now() + FORGET_S
        for user_id, count in note.counts:
            self._elsewhere.setdefault(user_id, {})[process] = (count, until)

    async def share_for_ever(self) -> None:
        """Send the other processes who has many sockets here, and close what is too many; endless."""
        while True:
            for tick in range(BEAT_TICKS):
                await asyncio.sleep(TICK_S)
                if not self._bus.is_alone:
                    self._send(all_of_them=tick == 0)
                self._forget()
                self._close_too_many()

    def _send(self, *, all_of_them: bool) -> None:
        counts = {user_id: n for user_id, n in self._clients.counts().items() if n >= MANY}
        ended = dict.fromkeys(self._sent.keys() - counts.keys(), 0)
        changed = {user_id: n for user_id, n in counts.items() if all_of_them or self._sent.get(user_id) != n}
        self._sent = counts
        news = iter([*ended.items(), *changed.items()])
        while part := [*islice(news, MOST_IN_A_NOTE)]:
            self._bus.send(notes.Sockets(part))

    def _counts_elsewhere(self, user_id: int) -> dict[str, int]:
        now = _now()
        return {name: n for name, (n, until) in self._elsewhere.get(user_id, {}).items() if until > now}

    def _forget(self) -> None:
        now = _now()
        for user_id, counts in [*self._elsewhere.items()]:
            if all(until <= now for _, until in counts.values()):
                del self._elsewhere[user_id]

    def _close_too_many(self) -> None:
        """Close what a person has too many of for long: here what does not fit beside the processes named before us."""
        before, self._too_many_since = self._too_many_since, {}
        for user_id in self._elsewhere:
            counts, own = self._counts_elsewhere(user_id), self._clients.of(user_id)
            if len(own) + sum(counts.values()) <= self._most:
                continue
            since = self._too_many_since[user_id] = before.get(user_id, _now())
            if _now() - since >= PATIENCE_S:
                kept = max(0, self._most - sum(n for name, n in counts.items() if name < self._bus.name))
                for client in islice(own, kept, None):
                    client.close(Close.TOO_MANY_SOCKETS)


def _now() -> float:
    return asyncio.get_running_loop().time()
