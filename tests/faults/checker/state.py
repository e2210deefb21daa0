"""What a message is at one rev, and what somebody wants it to be."""

from typing import Any, Literal, NamedTuple

from msgspec import Struct


class Details(Struct, array_like=True, frozen=True):
    """What a message carries beside its text and author. Most carry nothing."""

    edited: str | None = None
    deleted: bool = False
    html: str | None = None
    reply_to: int | None = None
    quote: tuple[int, str, bool] | None = None  # the author, the words, and whether they are deleted
    reactions: tuple[tuple[str, tuple[int, ...]], ...] = ()  # each emoji with the users, in the order of the wire
    files: tuple[str, ...] = ()  # their ids

    def has_reaction(self, emoji: str, user: int) -> bool:
        return any(each == emoji and user in users for each, users in self.reactions)


PLAIN = Details()


class State(NamedTuple):
    """The whole state of a message, but its numbers."""

    text: str
    author: int
    details: Details = PLAIN


class Change(Struct, array_like=True, frozen=True):
    """An edit, a deletion or a reaction; `value` is the new text, or the emoji, which is put there or taken away."""

    room: int
    seq: int
    kind: Literal["edit", "delete", "react"]
    value: str = ""
    on: bool = True

    def command(self, id: str) -> dict[str, Any]:
        """As the wire has it."""
        command = {"type": self.kind, "id": id, "room": self.room, "seq": self.seq}
        match self.kind:
            case "edit":
                return command | {"text": self.value}
            case "react":
                return command | {"emoji": self.value, "on": self.on}
        return command

    def holds_in(self, state: State, user: int) -> bool:
        """Whether a message is as its `user` wanted it."""
        match self.kind:
            case "edit":
                return state.text == self.value and not state.details.deleted
            case "delete":
                return state.details.deleted
        return state.details.has_reaction(self.value, user) == self.on

    def __str__(self) -> str:
        what = {"edit": f"edit to {self.value!r}", "delete": "deletion"}.get(self.kind)
        what = what or f"{self.value} {'on' if self.on else 'off'}"
        return f"{what} of room {self.room}, seq {self.seq},"
