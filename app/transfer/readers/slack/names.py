"""Who and which rooms an export describes, and how it calls those that it does not."""

from collections import Counter
from collections.abc import Callable
from typing import IO

from app.transfer.readers.inline import Span, person, room, typed


class Names:
    """What mentions mean, and what was seen of people who are in no list; counts what does not come."""

    def __init__(self) -> None:
        self.people: set[str] = set()  # described
        self.rooms: set[str] = set()
        self.labels: dict[str, str] = {}  # names of people who are not
        self.avatars: dict[str, Callable[[], IO[bytes]]] = {}
        self.left_out: Counter[str] = Counter()

    def person(self, key: str, label: str = "", style: int = 0) -> Span:
        """The mention of a person."""
        if label and key not in self.people:
            self.labels.setdefault(key, label.removeprefix("@"))
        return person(typed(key), style)

    def room(self, key: str, label: str = "", style: int = 0) -> Span:
        """The name of a room; as it was written where the export does not have the room."""
        if key in self.rooms:
            return room(typed(key), style)
        return Span(f"#{typed(label.removeprefix('#')) or typed(key)}", style)
