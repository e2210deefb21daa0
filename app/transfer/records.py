"""What every format is read into: people, rooms, messages, in no order but that of their own kind.

A reader yields them as it finds them. Keys are the source's own ids: the writer keeps them, so that a second run adds
nothing. A key that is named and never described is a person or a message that the source does not have any more.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, Protocol
from uuid import UUID

from msgspec import Struct

from app.transfer.lines import Member, StoredPerson


class Person(Struct, frozen=True):
    """Somebody who wrote or was there.

    Attributes:
        key: the source's own id.
        login: as the source has it, if it has one; made one that Parley takes when it is not.
        name: as people read it; empty where there is none but the login.
        email: of the account, if the source says it; people are found by it.
        kind: `person`, or who can never log in: `bot`, or `gone` (switched off, foreign, unknown).
        password: in plain text, from a source that keeps it so; it is hashed, and never stored.
        is_admin: there. Whoever is one in Parley's own export is one here, too; nobody else becomes one by an import.
        stored: what only Parley's own export has.
        avatar: opens the picture that stands for them, if the export has it; an account that is made here gets it.
    """

    key: str
    login: str = ""
    name: str = ""
    email: str | None = None
    kind: Literal["person", "bot", "gone"] = "person"
    is_admin: bool = False
    password: str | None = None
    stored: StoredPerson | None = None
    avatar: Callable[[], IO[bytes]] | None = None


class Room(Struct, frozen=True):
    """A conversation. A `direct` one has no name; of more than eight people it becomes a closed room.

    `members` are the keys of people; whoever writes in a room without being a member of it is none afterwards either.
    `seats` are what Parley's own export has of them.
    """

    key: str
    kind: Literal["open", "closed", "direct"]
    name: str = ""
    topic: str = ""
    members: tuple[str, ...] = ()
    created_at: datetime | None = None
    is_archived: bool = False
    creator: str | None = None
    archived_at: datetime | None = None
    is_for_everyone: bool = False
    seats: Sequence[Member] = ()
    retention_days: int | None = None
    members_save: bool = True


class Reaction(Struct, frozen=True):
    """One person's; `emoji` is the character, never a name."""

    emoji: str
    person: str
    at: datetime | None = None


class File(Struct, frozen=True):
    """A file that a message carries. What it is, its bytes say.

    Attributes:
        open: opens its bytes; None where the export does not have them. Called after all has been read.
        alt: what a picture shows, in words.
        id: what Parley's own export has, which is in its address.
        place: where the spool keeps `open`.
    """

    name: str
    media_type: str = ""
    open: Callable[[], IO[bytes]] | None = None
    alt: str = ""
    id: UUID | None = None
    place: int | None = None


class Message(Struct, frozen=True):
    """What somebody wrote, in Parley's markup (docs/PROTOCOL.md), as long as it may be.

    Attributes:
        room, key, author: the source's own ids; `key` is one within the room.
        at: aware, to the microsecond. Messages of one room are ordered by it, then by `order`.
        order: what orders messages of one moment; the place in the file, if the source has nothing better.
        reply_to: the key of a message of the same room; one that is not there makes this a plain message.
        is_deleted: only that there was a message is known; `deleted_at` is when it was deleted, if the source says so.
        id: what Parley's own export has, by which a message is one for ever; made of the keys where there is none.
    """

    room: str
    key: str
    author: str
    at: datetime
    text: str
    order: int = 0
    reply_to: str | None = None
    edited_at: datetime | None = None
    is_deleted: bool = False
    deleted_at: datetime | None = None
    id: UUID | None = None
    reactions: tuple[Reaction, ...] = ()
    files: tuple[File, ...] = ()


class LeftOut(Struct, frozen=True):
    """Something that does not come, and why: counted by `what`, which is a phrase such as “joins and topics”."""

    what: str
    count: int = 1


class Chat(Struct, frozen=True):
    """What Parley's own export says of the chat as a whole: an empty chat becomes it."""

    name: str
    open_sign_up: bool
    second_factor: bool = False


Record = Chat | Person | Room | Message | LeftOut


class Reader(Protocol):
    """Reads one format. Records may come in any order: a person may be described after having been named.

    Raises:
        BadExport: the file cannot be read as this format; the message is a sentence for who runs the import.
    """

    def __call__(self, path: Path) -> Iterator[Record]: ...


class BadExport(Exception):
    """The sentence says what is wrong with the file, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
