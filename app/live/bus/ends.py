"""The two ends of a bus: below it a connection, which carries payloads; above it who gets what they say."""

from typing import Protocol, TypeVar

from app.live.channel import Changes

Some = TypeVar("Some", contravariant=True)


class Carrier(Protocol):
    """One connection, from its beginning to its loss. It brings every payload that anyone sends, our own included."""

    async def receive(self) -> str:
        """The next payload."""

    async def send(self, payloads: list[str]) -> None:
        """Send these to everyone."""


class Receiver(Protocol[Some]):
    """Gets what other processes send."""

    def on_ring(self, room: int, rev: int) -> None:
        """A room is at `rev`."""

    def follows(self, room: int) -> bool:
        """Whether anybody here wants to know what is new in a room."""

    def on_changes(self, changes: Changes) -> None:
        """What is new in a room, perhaps; `on_ring` is called for it in any case."""

    def on_note(self, process: str, note: Some) -> None:
        """The process of that name sent a note; never our own."""

    async def on_open(self) -> None:
        """From now on everything arrives, for the first time or again: read what was missed."""


class NothingArrives(Exception):
    """A carrier is connected and brings nothing; the message says which setting to change."""
