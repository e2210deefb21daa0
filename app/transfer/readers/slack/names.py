"""Who and which rooms an export describes, and how it calls those that it does not."""

from collections import Counter
from collections.abc import Callable
from typing import IO, Any

from app.transfer.readers.fitting import odd_part
from app.transfer.readers.inline import Span, person, room, typed
from app.transfer.readers.slack.shapes import Object


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

    def word(self, found: Object, *path: str) -> str:
        """The text at a path, or a number as one; empty where there is none. What is odd there is counted."""
        value: Any = found
        for name in path:
            if not isinstance(value, dict):
                break
            value = value.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if value is not None:
            self._count_odd(path[-1])
        return ""

    def objects(self, found: Object, name: str) -> list[Object]:
        """The objects of a list; none where there is no list. What is odd there is counted."""
        value = found.get(name)
        if value is None:
            return []
        kept = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        self._count_odd(name, len(value) - len(kept) if isinstance(value, list) else 1)
        return kept

    def _count_odd(self, field: str, count: int = 1) -> None:
        if count:
            self.left_out[odd_part("messages", field)] += count
