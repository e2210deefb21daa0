"""The lines of an export, as docs/EXPORT.md describes them: one object a line, tagged by `type`.

First the chat, then people, rooms and messages, each in the order in which they came to be. People are named by their
login, rooms by a number that counts from 1, messages by their number in the room: nothing in it is of one database.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

FORMAT = 2  # 1 had no files

LINES, FILES = "chat.jsonl", "files/"  # in the zip: these lines, and the folder of the bytes by their SHA-256

Moment = Annotated[datetime, Meta(tz=True)]


class Chat(Struct, tag="chat", frozen=True):
    """The first line; `second_factor` is asked for of everybody."""

    format: int
    name: str
    open_sign_up: bool
    second_factor: bool = False


class StoredPerson(Struct, frozen=True, kw_only=True):
    """What Parley keeps of a person and no other chat has.

    `disabled_at` is of one who was switched off, `deleted_at` of a former member.
    """

    created_at: Moment
    email_verified_at: Moment | None = None
    disabled_at: Moment | None = None
    deleted_at: Moment | None = None
    hue: int | None = None
    password_hash: str | None = None


class Person(StoredPerson, tag="person", frozen=True):
    """An account; with `password_hash` only where that was asked for."""

    login: str
    name: str
    role: Literal["member", "admin"]
    email: str | None = None


class Member(Struct, frozen=True):
    """Somebody's place in a room; `read` is the last message that they have read."""

    login: str
    joined_at: Moment
    level: str
    read: int
    hidden: int | None = None
    notify_all: bool = False


class Room(Struct, tag="room", frozen=True):
    """A room, and who is in it."""

    room: int
    kind: Literal["open", "closed", "direct"]
    name: str
    topic: str
    for_everyone: bool
    created_at: Moment
    creator: str | None
    archived_at: Moment | None
    members: list[Member]
    retention_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    members_save: bool = True


class Reaction(Struct, frozen=True):
    """One person's."""

    emoji: str
    login: str
    at: Moment


class File(Struct, frozen=True):
    """A file that a message carries; `sha256`, in hexadecimal digits, names its bytes. What it is, they say."""

    id: UUID
    name: str
    type: str
    size: int
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    alt: str


class Message(Struct, tag="message", frozen=True):
    """A message as it is now; the text of one that was deleted is empty."""

    room: int
    seq: int
    id: UUID
    author: str
    at: Moment
    text: str
    reply_to: int | None
    edited_at: Moment | None
    deleted_at: Moment | None
    reactions: list[Reaction]
    files: list[File] = []


Line = Chat | Person | Room | Message
