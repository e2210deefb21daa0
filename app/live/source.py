"""What the hub and the loader read: changes and heads of rooms, wherever those are stored."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from app.live.channel import Changes


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of rooms, and the epoch in which they count: a restored backup is another epoch."""

    epoch: str
    revs: dict[int, int]


class Source(Protocol):
    """Where the truth is. Methods raise one of `gone` when it cannot be reached."""

    gone: tuple[type[Exception], ...]

    async def changes(self, room: int, after: int) -> Changes:
        """The next page of changes after a rev; `upto` equals `after` when there are none."""

    async def missed(self, room: int, after: int, most: int) -> Changes:
        """The same for a client who missed it, at most so many events. Many ask, and wait for each other."""

    async def heads(self, rooms: Collection[int]) -> Heads:
        """The epoch, and the newest rev of each room that exists."""
