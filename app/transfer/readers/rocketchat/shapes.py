"""What the collections of Rocket.Chat hold, as far as it is read. Nearly all of it may be missing."""

from datetime import datetime
from typing import Any

import msgspec

_ID = {"key": "_id"}


class Who(msgspec.Struct, rename=_ID):
    key: Any = None
    username: str | None = None
    name: str | None = None


class Email(msgspec.Struct):
    address: str = ""


class Account(msgspec.Struct, rename=_ID):
    key: Any
    username: str | None = None
    name: str | None = None
    emails: list[Email] | None = None
    type: str | None = None
    active: bool | None = None
    roles: list[str] | None = None


class Conversation(msgspec.Struct, rename=_ID):
    key: Any
    t: str
    name: str | None = None
    fname: str | None = None
    topic: str | None = None
    description: str | None = None
    announcement: str | None = None
    uids: tuple[str, ...] | None = None  # as a whole, for a room of some of these people is another one
    usernames: tuple[str, ...] | None = None
    u: Who | None = None
    ts: datetime | None = None
    archived: bool | None = None


class Subscription(msgspec.Struct):
    rid: str
    u: Who


class FileOf(msgspec.Struct, rename={"key": "_id", "group": "typeGroup"}):
    key: Any = None
    name: str | None = None
    type: str | None = None
    group: str | None = None


class Place(msgspec.Struct):
    """Where something is: the longitude, then the latitude."""

    coordinates: tuple[float, float]


class Reacted(msgspec.Struct):
    usernames: list[str] | None = None


class Avatar(msgspec.Struct, rename={"key": "_id", "user": "userId"}):
    key: Any
    user: str | None = None


class Posted(msgspec.Struct, rename={"key": "_id", "is_hidden": "_hidden", "edited_at": "editedAt"}):
    key: Any
    rid: str | None = None
    msg: str | None = None
    ts: datetime | None = None
    u: Who | None = None
    t: Any = None
    is_hidden: Any = None
    parent: str | None = None
    edited_at: datetime | None = None
    tmid: str | None = None
    alias: str | None = None
    bot: Any = None
    token: Any = None  # of a visitor, who has an alias of the own
    pinned: Any = None
    location: Place | None = None
    blocks: list[Any] | None = None
    mentions: list[Who] | None = None
    channels: list[Who] | None = None
    attachments: list[dict[str, Any]] | None = None
    file: FileOf | None = None
    files: list[FileOf] | None = None
    reactions: dict[str, Reacted] | None = None
