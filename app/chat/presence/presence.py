"""Who is here, by room: people with an open socket, in this process or another.

Each process sends the others, over the bus, whom it sees: one person at once when they arrive or leave, and everybody
every three seconds. What is not sent again is forgotten, so a process that dies takes its people along. Someone who
comes back within ten seconds, to whichever process, never left.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator

from app.chat.presence.roster import Move, Roster
from app.chat.wire import events, notes
from app.chat.wire.events import Author, encode
from app.live.bus.bus import MAX_NOTE_BYTES, Bus
from app.live.client import Client
from app.live.hub import Hub

GRACE_S = 10.0
TICK_S = 1.0
BEAT_TICKS = 3
# Longer than the grace, even if a process dies just before it sends again; and less than 15 s.
FORGET_S = 13.5
MAX_ROOMS_SENT = 300  # of a person, to other processes: one note must hold them

HERE = "here"  # our own process, among those that see someone


class Presence:
    """Announces to rooms who arrives and who has left, and sends other processes whom we see."""

    def __init__(self, hub: Hub, bus: Bus[notes.Note]) -> None:
        self._hub, self._bus = hub, bus
        self._roster = Roster()
        self._lines: dict[int, bytes] = {}  # who is in a room, as it was sent within the last tick

    def line_of(self, room: int) -> bytes:
        """The event that tells a page who is in a room: made once for all who open a socket at the same time."""
        line = self._lines.get(room)
        if line is None:
            line = self._lines[room] = encode(events.Presence(room, True, self._roster.people_in(room)))
        return line

    def is_here(self, user_id: int) -> bool:
        """Whether someone is in this chat, in any process, as far as this one was sent it."""
        return self._roster.is_seen(user_id)

    # What this process sees

    def arrive(self, author: Author, rooms: Collection[int]) -> None:
        """Someone opened a socket."""
        before = self._roster.sighting(HERE, author.id)
        self._announce(self._roster.rename(author))
        self._announce(self._roster.see(HERE, author, rooms, None))
        if before is None or before.rooms != frozenset(rooms):
            self._send([(author, frozenset(rooms))])

    def depart(self, client: Client, author: Author) -> None:
        """Someone closed a socket; they have left when it was the last and no other is opened in time."""
        sighting = self._roster.sighting(HERE, author.id)
        if sighting is not None and not self._hub.clients.of(author.id) - {client}:
            sighting.until = _now() + GRACE_S

    async def tick_for_ever(self) -> None:
        """Forget who was not seen for too long, and send the others whom we see; endless."""
        while True:
            for _ in range(BEAT_TICKS):
                await asyncio.sleep(TICK_S)
                self.forget(_now())
            if not self._bus.is_alone:
                self._send(self._roster.seen_by(HERE))

    def forget(self, now: float) -> None:
        """End what has lasted its time by `now`, in seconds of the loop's clock."""
        self._lines.clear()
        if not self._bus.is_open:
            # We cannot receive whom others see: nobody leaves because of that.
            self._roster.prolong(HERE, now + FORGET_S)
        for process, user_id in self._roster.expired(now):
            self._announce(self._roster.lose(process, user_id))
            if process == HERE:
                self._bus.send(notes.Gone(user_id))

    # What other processes see

    def ask(self) -> None:
        """Ask every other process whom it sees, and send whom we see: we receive from now on."""
        self._bus.send(notes.Who())
        self._send(self._roster.seen_by(HERE))

    def on_note(self, process: str, note: notes.Who | notes.Here | notes.Gone) -> None:
        """Another process asks whom we see, or sends whom it sees."""
        match note:
            case notes.Who():
                self._send(self._roster.seen_by(HERE))
            case notes.Here():
                for seen in note.people:
                    looks = (seen.hue, seen.avatar, seen.namesake, seen.admin)
                    author = Author(seen.id, seen.login, seen.name, *looks)
                    self._announce(self._roster.see(process, author, seen.rooms, _now() + FORGET_S))
            case notes.Gone():
                self._announce(self._roster.lose(process, note.user))

    # Sending

    def _announce(self, moves: Iterable[Move]) -> None:
        for move in moves:
            self._lines.pop(move.room, None)
            line = encode(events.Presence(move.room, move.here, [move.author]))
            self._hub.announce(move.room, line)

    def _send(self, seen: Iterable[tuple[Author, frozenset[int]]]) -> None:
        for people in _in_parts(_seen(author, rooms) for author, rooms in seen):
            self._bus.send(notes.Here(people))


def _seen(author: Author, rooms: frozenset[int]) -> notes.Seen:
    numbers = sorted(rooms)[:MAX_ROOMS_SENT]
    looks = (author.hue, author.avatar, author.namesake, author.admin)
    return notes.Seen(author.id, author.login, author.name, numbers, *looks)


def _in_parts(people: Iterable[notes.Seen]) -> Iterator[list[notes.Seen]]:
    """The people in lists, each as long as one note holds."""
    part: list[notes.Seen] = []
    size = 0
    for seen in people:
        seen_size = len(encode(seen)) + 1
        if part and size + seen_size > MAX_NOTE_BYTES:
            yield part
            part, size = [], 0
        part.append(seen)
        size += seen_size
    if part:
        yield part


def _now() -> float:
    return asyncio.get_running_loop().time()
