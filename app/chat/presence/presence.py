"""Who is here, by room: people with an open socket, in this process or another.

Each process tells the others, over the bus, whom it sees: at once when someone arrives or leaves, and all of them every
three seconds. What is not told again is forgotten, so a process that dies takes its people along. Someone who comes
back within ten seconds, wherever, never left.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec

from app.chat.presence.roster import Change, Roster
from app.chat.wire import events
from app.chat.wire.events import Author, encode
from app.live.bus import MAX_NOTE_BYTES, Bus, Note
from app.live.client import Client
from app.live.hub import Hub

GRACE_S = 10.0
TICK_S = 1.0
BEAT_TICKS = 3
# Past the grace, however long before its death a process told last; and within 15 s.
FORGET_S = 13.5
MAX_ROOMS_TOLD = 300  # a person, to other processes: one note must hold them

HERE = "here"  # our own process, among those that see someone
Word = tuple[Any, ...]  # one person: id, login, name, rooms, and the hue where they chose one


class Presence:
    """Tells rooms when someone arrives or has left, and other processes whom we see."""

    def __init__(self, hub: Hub, bus: Bus) -> None:
        self._hub, self._bus = hub, bus
        self._roster = Roster()

    def people_in(self, room: int) -> list[Author]:
        return self._roster.people_in(room)

    def is_here(self, user_id: int) -> bool:
        """Whether someone is anywhere in this chat, as far as this process knows."""
        return self._roster.is_seen(user_id)

    # What this process sees

    def arrive(self, author: Author, rooms: Collection[int]) -> None:
        """Someone opened a socket."""
        known = self._roster.sighting(HERE, author.id)
        self._announce(self._roster.rename(author))
        self._announce(self._roster.see(HERE, author, rooms, None))
        if known is None or known.rooms != frozenset(rooms):
            self._tell([(author, frozenset(rooms))])

    def depart(self, client: Client, author: Author) -> None:
        """Someone closed a socket; they have left when it was the last and no other is opened in time."""
        sighting = self._roster.sighting(HERE, author.id)
        if sighting is not None and not self._hub.clients.of(author.id) - {client}:
            sighting.until = _now() + GRACE_S

    async def tick_for_ever(self) -> None:
        """Forget who was not seen for too long, and tell the others whom we see; endless."""
        while True:
            for _ in range(BEAT_TICKS):
                await asyncio.sleep(TICK_S)
                self.forget(_now())
            if not self._bus.is_alone:
                self._tell(self._roster.seen_by(HERE))

    def forget(self, now: float) -> None:
        """End what has lasted its time by `now`, in seconds of the loop's clock."""
        if not self._bus.is_open:
            # What others see cannot be told us now: nobody leaves for that.
            self._roster.prolong(HERE, now + FORGET_S)
        for process, user_id in self._roster.expired(now):
            self._announce(self._roster.lose(process, user_id))
            if process == HERE:
                self._bus.tell({"kind": "gone", "user": user_id})

    # What other processes see

    def ask(self) -> None:
        """Ask every other process whom it sees, and tell whom we see: we can hear from now on."""
        self._bus.tell({"kind": "who"})
        self._tell(self._roster.seen_by(HERE))

    def noted(self, process: str, note: Note) -> None:
        """Hear what another process told about who is here; all else is passed over."""
        match note:
            case {"kind": "who"}:
                self._tell(self._roster.seen_by(HERE))
            case {"kind": "here", "people": list(people)}:
                for user_id, login, name, rooms, *hue in people:
                    author = Author(user_id, login, name, *hue)
                    self._announce(self._roster.see(process, author, rooms, _now() + FORGET_S))
            case {"kind": "gone", "user": int(user_id)}:
                self._announce(self._roster.lose(process, user_id))

    # Telling

    def _announce(self, changes: Iterable[Change]) -> None:
        for change in changes:
            line = encode(events.Presence(change.room, change.here, [change.author]))
            self._hub.announce(change.room, line)

    def _tell(self, seen: Iterable[tuple[Author, frozenset[int]]]) -> None:
        for people in _in_parts(_word(author, rooms) for author, rooms in seen):
            self._bus.tell({"kind": "here", "people": people})


def _word(author: Author, rooms: frozenset[int]) -> Word:
    hue = () if author.hue is None else (author.hue,)
    return author.id, author.login, author.name, sorted(rooms)[:MAX_ROOMS_TOLD], *hue


def _in_parts(words: Iterable[Word]) -> Iterator[list[Any]]:
    """As many words together as one note holds."""
    part: list[Word] = []
    size = 0
    for word in words:
        word_size = len(msgspec.json.encode(word)) + 1
        if part and size + word_size > MAX_NOTE_BYTES:
            yield part
            part, size = [], 0
        part.append(word)
        size += word_size
    if part:
        yield part


def _now() -> float:
    return asyncio.get_running_loop().time()
