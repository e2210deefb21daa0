"""What a client takes it into its head to say and to change."""

import random
import time
from collections import deque

from tests.faults.checker.state import Change, State
from tests.faults.client.plan import Person

KNOCKS = 0.01  # how often something is said or changed in a room that is not one's own
MEDDLES = 0.03  # how often somebody else's message is meant
MARKS = 0.05  # how often a text has markup
REPLIES = 0.05
REMEMBERED = 50
EMOJI = ("👍", "❤️", "🎉")
SOME_SEQ = 5  # in a room that one is not in
LAST_WORD = "!"


class Whims:
    """Remembers a few of the messages that were seen, its own and everybody's, and counts what it writes."""

    def __init__(self, person: Person, chance: random.Random) -> None:
        self._person, self._chance = person, chance
        self._written = 0
        self._own: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)
        self._carrying: tuple[int, int] | None = None  # one of its own, with a file
        self._chosen: list[tuple[int, int]] = []
        self._seen: dict[int, deque[int]] = {room: deque(maxlen=REMEMBERED) for room in person.rooms}

    def saw(self, room: int, seq: int, state: State, *, is_new: bool) -> None:
        """Remember a message, unless it is deleted."""
        place = room, seq
        if state.details.deleted and place in self._own:
            self._own.remove(place)
        if is_new and not state.details.deleted:
            self._seen[room].append(seq)
            if state.author == self._person.user:
                self._own.append(place)
                self._carrying = place if state.details.files else self._carrying

    # Saying

    def room(self) -> int:
        knocks = self._person.foreign and self._chance.random() < KNOCKS
        return self._chance.choice(self._person.foreign if knocks else self._person.rooms)

    def text(self, now: float, mark: str = "") -> str:
        """Something that nobody ever wrote, with the time."""
        self._written += 1
        sign = "*" if not mark and self._chance.random() < MARKS else ""
        return f"{sign}{self._person.number}{sign}.{self._written}@{now * 1000:.0f}{mark}"

    def reply_to(self, room: int) -> int | None:
        """Now and then, the seq of a message to reply to."""
        seen = self._seen.get(room)
        return self._chance.choice(seen) if seen and self._chance.random() < REPLIES else None

    # Changing

    def change(self) -> Change | None:
        """An edit, a deletion or a reaction: most of the time one that it may make."""
        if self._person.foreign and self._chance.random() < KNOCKS:
            place = self._chance.choice(self._person.foreign), self._chance.randint(1, SOME_SEQ)
            return self._chance.choice((self._edit(*place), self._react(*place), self._delete(*place)))
        anybodys = self._somebodys()
        if anybodys is not None and self._chance.random() < MEDDLES:
            return self._chance.choice((self._edit(*anybodys), self._delete(*anybodys)))
        own = self._chance.choice(self._own) if self._own else None
        match self._chance.randrange(8):
            case 0 if own is not None:
                return self._delete(*own)
            case 1 | 2 | 3 if own is not None:
                return self._edit(*own)
        return self._react(*anybodys) if anybodys is not None else None

    def settle(self) -> tuple[int, int] | None:
        """Settle on messages for `amendments`, the oldest of one's own that are remembered; returns the first."""
        self._chosen = [*self._own][:3]
        return self._chosen[0] if self._chosen else None

    def amendments(self) -> list[Change]:
        """An edit, a reaction and deletions, one of a message with a file, as far as there are messages."""
        makes = (self._edit, self._react, self._delete)
        changes = [make(*place) for make, place in zip(makes, self._chosen, strict=False)]
        return [*changes, *([self._delete(*self._carrying)] if self._carrying is not None else [])]

    def _somebodys(self) -> tuple[int, int] | None:
        room = self._chance.choice(self._person.rooms)
        return (room, self._chance.choice(self._seen[room])) if self._seen[room] else None

    def _edit(self, room: int, seq: int) -> Change:
        return Change(room, seq, "edit", f"**edited** {self.text(time.monotonic())}")

    def _delete(self, room: int, seq: int) -> Change:
        return Change(room, seq, "delete")

    def _react(self, room: int, seq: int) -> Change:
        return Change(room, seq, "react", self._chance.choice(EMOJI), self._chance.random() < 2 / 3)
