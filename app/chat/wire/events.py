"""What the server says: frozen structs to the JSON of the wire, one line an event. Pure.

The event `message` is made of parts, and stands with them: `app/chat/messages/message.py`.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import asdict

from app.chat.wire.preferences import Preferences, SetPreference

encode = msgspec.json.Encoder().encode


class Author(Struct, frozen=True, omit_defaults=True):
    """A person as others see them; `hue` of the avatar, and the number of its picture, where they chose one.

    `namesake`: somebody else has a name that looks like theirs; `admin`: they look after this chat.
    `off`: their account is switched off; sent in lists of members and of the people of direct rooms only.
    """

    id: int
    login: str
    name: str
    hue: int | None = None
    avatar: int | None = None
    namesake: bool = False
    admin: bool = False
    off: bool = False


class RoomState(Preferences, frozen=True):
    """A room as its member finds it.

    `deleted`, `own` and `calls` are seqs after `read_seq`. Messages that were deleted and one's own do not count as
    unread; `unlisted` is how many more of these there are. `calls` mention one; `mentions` is how many they are.
    `people` is left out in rooms that are not direct.
    """

    id: int
    kind: str
    name: str
    topic: str
    last_seq: int
    last_rev: int
    read_seq: int
    deleted: list[int] = field(default_factory=list)
    mentions: int = 0
    own: list[int] | UnsetType = UNSET  # where there are some
    calls: list[int] | UnsetType = UNSET  # the same
    unlisted: int | UnsetType = UNSET  # the same
    creator: int | UnsetType = UNSET
    archived: bool | UnsetType = UNSET  # true, or not there
    for_everyone: bool | UnsetType = UNSET  # the same
    retention_days: int | UnsetType = UNSET  # older messages are deleted
    people: list[Author] | UnsetType = UNSET

    @property
    def unread(self) -> int:
        """How many messages count as unread."""
        return self.last_seq - self.read_seq - len(self.deleted) - len(self.own or ()) - (self.unlisted or 0)

    def others(self, user_id: int) -> list[Author]:
        """The people of a direct room but one."""
        return [person for person in self.people or [] if person.id != user_id]

    def title(self, user_id: int) -> str:
        """What one of its people sees as its name; a direct one is called after the others."""
        return self.name or ", ".join(person.name for person in self.others(user_id))


class RoomChanged(RoomState, tag="room", frozen=True):
    """A room of yours was made, joined or changed."""

    @classmethod
    def of(cls, room: RoomState) -> "RoomChanged":
        return cls(**asdict(room))


class Left(Struct, tag="left", frozen=True):
    """You are no longer in a room."""

    room: int


class Hello(Struct, tag="hello", frozen=True):
    """The first event on a socket."""

    epoch: str
    user: Author
    rooms: list[RoomState]
    limits: dict[str, int]


class Ack(Struct, tag="ack", frozen=True, omit_defaults=True):
    """The command is done, and its message stands under `seq`.

    Logins that the text mentions in vain: `unheard` are not in the room, the accounts of `off` are switched off.
    """

    id: UUID
    room: int
    seq: int
    rev: int
    unheard: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


class Live(Struct, tag="live", frozen=True):
    """All up to `rev` was sent: from here on the room is up to date on this socket."""

    room: int
    rev: int


class Reset(Struct, tag="reset", frozen=True):
    """The cursor is of no use: drop what is there of the room, and load its history anew."""

    room: int
    rev: int


class Heads(Struct, tag="heads", frozen=True):
    """The newest rev of each room, so that a client notices a last message that did not come."""

    rooms: dict[int, int]


class Presence(Struct, tag="presence", frozen=True):
    """These people came to a room, or left it."""

    room: int
    here: bool
    people: list[Author]


class Typing(Struct, tag="typing", frozen=True):
    """Somebody is typing in a room."""

    room: int
    user: Author


class Read(Struct, tag="read", frozen=True, omit_defaults=True):
    """How far a person has read.

    With `back` they took back to have read more; `deleted`, `own`, `calls` and `unlisted` are then as in `RoomState`.
    Where something is unlisted, they have all that changed up to `rev`.
    """

    room: int
    seq: int
    back: bool = False
    deleted: list[int] = []
    own: list[int] = []
    calls: list[int] = []
    unlisted: int = 0
    rev: int = 0


class Notice(Struct, tag="notice", frozen=True):
    """A message calls one who has not read it: what to show of it outside of the page.

    `path` leads to it, `time` is when it was written, in milliseconds; `sound`: the person wants to hear it.
    """

    room: int
    seq: int
    title: str
    body: str
    path: str
    sound: bool
    time: int


class Error(Struct, tag="error", frozen=True, omit_defaults=True):
    code: str
    message: str
    id: str | None = None
    retry_after: float | None = None


Event = (
    Hello | RoomChanged | Left | Ack | Live | Reset | Heads | Presence | Typing | Read | Notice | SetPreference | Error
)


def wire_time(time: datetime) -> str:
    """A time as the wire has it: ISO 8601 in UTC with milliseconds and `Z`."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def as_dict(event: Struct) -> Any:
    """The event as plain values, for a template."""
    return msgspec.to_builtins(event)
