"""What the processes of one chat send each other over the bus: structs and their JSON. Pure.

A note need not arrive. While a new version is rolled out, processes of two versions read each other's notes: a field
that is added needs a default, and a kind that a process does not have is logged and passed over.
"""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from app.chat.wire.events import Notice


class SessionEnded(Struct, tag_field="kind", tag="session_ended", frozen=True):
    """A login ended: close its sockets."""

    session: int


class ListsChanged(Struct, tag_field="kind", tag="lists", frozen=True):
    """The list of rooms of somebody changed."""


class Read(Struct, tag_field="kind", tag="read", frozen=True):
    """A person has read a room up to `seq`."""

    user: int
    room: int
    seq: int


class Unread(Struct, tag_field="kind", tag="unread", frozen=True):
    """A person took back to have read more of a room than up to `seq`."""

    user: int
    room: int
    seq: int


class Noticed(Struct, tag_field="kind", tag="notice", frozen=True):
    """Show a person's pages a notice."""

    user: int
    notice: Notice


class Typist(NamedTuple):
    id: int
    login: str
    name: str


class Typing(Struct, tag_field="kind", tag="typing", frozen=True):
    """Somebody is typing in a room."""

    room: int
    user: Typist


class Who(Struct, tag_field="kind", tag="who", frozen=True):
    """Send whom you see."""


class Seen(Struct, array_like=True, frozen=True):
    """A person who has a socket with the process that sends this, and the rooms they are in."""

    id: int
    login: str
    name: str
    rooms: list[int]
    hue: int | None = None
    avatar: int | None = None
    namesake: bool = False
    admin: bool = False


class Here(Struct, tag_field="kind", tag="here", frozen=True):
    """The process sees these people, and perhaps more."""

    people: list[Seen]


class Gone(Struct, tag_field="kind", tag="gone", frozen=True):
    """The process sees a person no more."""

    user: int


class Spent(Struct, tag_field="kind", tag="spent", frozen=True):
    """Charge these: the name of a rate, who spent of it, and how many times."""

    spent: list[tuple[str, str, int]]


class Sockets(Struct, tag_field="kind", tag="sockets", frozen=True):
    """The process has so many sockets of each of these people."""

    counts: list[tuple[int, int]]


Note = SessionEnded | ListsChanged | Read | Unread | Noticed | Typing | Who | Here | Gone | Spent | Sockets

DECODER: msgspec.json.Decoder[Note] = msgspec.json.Decoder(Note)
