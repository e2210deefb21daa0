"""Who is seen where, by which process, until when. Pure: it is given the time, and returns what has changed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from app.chat.wire.events import Author


@dataclass(frozen=True, slots=True)
class Move:
    """Someone has come to a room (`here`), or has left it."""

    room: int
    here: bool
    author: Author


@dataclass(slots=True)
class Sighting:
    """A process sees someone in these rooms, until a time in seconds on a clock; None: until further notice."""

    rooms: frozenset[int]
    until: float | None


@dataclass(slots=True)
class _Person:
    author: Author
    sightings: dict[str, Sighting] = field(default_factory=dict)  # by process

    def rooms(self) -> set[int]:
        return {room for sighting in self.sightings.values() for room in sighting.rooms}


class Roster:
    """A person is in a room while at least one process sees them there."""

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}
        self._rooms: dict[int, dict[int, None]] = {}  # the people in each, in the order in which they came

    def people_in(self, room: int) -> list[Author]:
        return [self._people[user_id].author for user_id in self._rooms.get(room, ())]

    def is_seen(self, user_id: int) -> bool:
        return user_id in self._people

    def seen_by(self, process: str) -> list[tuple[Author, frozenset[int]]]:
        """Everybody whom a process sees, and their rooms."""
        return [
            (person.author, person.sightings[process].rooms)
            for person in self._people.values()
            if process in person.sightings
        ]

    def sighting(self, process: str, user_id: int) -> Sighting | None:
        person = self._people.get(user_id)
        return person.sightings.get(process) if person is not None else None

    def see(self, process: str, author: Author, rooms: Collection[int], until: float | None) -> list[Move]:
        """A process sees someone in these rooms, and in no others."""
        person = self._people.setdefault(author.id, _Person(author))
        before = person.rooms()
        person.sightings[process] = Sighting(frozenset(rooms), until)
        return self._moves(person, before)

    def rename(self, author: Author) -> list[Move]:
        """Someone has another name or colour now; every room that they are in gets them again."""
        person = self._people.get(author.id)
        if person is None or person.author == author:
            return []
        person.author = author
        return [Move(room, True, author) for room in person.rooms()]

    def lose(self, process: str, user_id: int) -> list[Move]:
        """A process no longer sees someone."""
        person = self._people.get(user_id)
        if person is None or process not in person.sightings:
            return []
        before = person.rooms()
        del person.sightings[process]
        if not person.sightings:
            del self._people[user_id]
        return self._moves(person, before)

    def expired(self, now: float) -> list[tuple[str, int]]:
        """The sightings whose time is over, as process and user."""
        return [(process, user_id) for process, user_id, sighting in self._all() if (sighting.until or now + 1) <= now]

    def prolong(self, process: str, until: float) -> None:
        """Let all sightings that end last until then at least, except those of `process`."""
        for name, _, sighting in self._all():
            if name != process and sighting.until is not None:
                sighting.until = max(sighting.until, until)

    def _all(self) -> Iterator[tuple[str, int, Sighting]]:
        for user_id, person in self._people.items():
            for process, sighting in person.sightings.items():
                yield process, user_id, sighting

    def _moves(self, person: _Person, before: set[int]) -> list[Move]:
        after, user_id = person.rooms(), person.author.id
        for room in after - before:
            self._rooms.setdefault(room, {})[user_id] = None
        for room in before - after:
            del self._rooms[room][user_id]
            if not self._rooms[room]:
                del self._rooms[room]
        changed = [(room, True) for room in after - before] + [(room, False) for room in before - after]
        return [Move(room, here, person.author) for room, here in changed]
