"""The JSON of requests about rooms, checked: the values to store, or the reason why not. Pure."""

import unicodedata
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from app.auth import names
from app.base.errors import BadPeople, BadRoomName, BadTopic
from app.rooms.refusals import BadRetention
from app.web.asked import Body

TOPIC_CHARS = 250
NOT_IN_TOPICS = ("Cc", "Cs", "Co")  # categories of characters
MAX_ADDED = 50  # people at once
MAX_DAYS = 3650

Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Logins = Annotated[list[str], Meta(max_length=MAX_ADDED)]


class _OfRooms(Body, frozen=True):
    refusals = {"name": BadRoomName, "topic": BadTopic, "logins": BadPeople}  # noqa: RUF012 (of the class)


class NewRoom(_OfRooms, frozen=True):
    """Make a room."""

    name: str
    topic: str = ""
    kind: Literal["open", "closed"] = "open"


class UpdateRoom(_OfRooms, frozen=True):
    """Change what is given. With `retention_days` None, messages stay for ever."""

    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    for_everyone: bool | UnsetType = UNSET
    retention_days: int | UnsetType | None = UNSET


class People(_OfRooms, frozen=True):
    """Add these to a room, or talk with them directly."""

    logins: Logins


class Added(People, frozen=True):
    """Add these to a room; what was said before `since`, or all where it is not given, counts as read by them."""

    since: Seq | None = None


def values(update: UpdateRoom) -> dict[str, Any]:
    """The columns of a room that an update sets; `archived` is whether it is from now on.

    Raises:
        BadRoomName, BadTopic, BadRetention
    """
    given: dict[str, Any] = {}
    if update.name is not UNSET:
        name = room_name(update.name)
        given |= {"name": name, "name_key": name_key(name)}
    if update.topic is not UNSET:
        given["topic"] = topic(update.topic)
    if update.for_everyone is not UNSET:
        given["for_everyone"] = update.for_everyone
    if update.retention_days is not UNSET:
        given["retention_days"] = None if update.retention_days is None else retention_days(update.retention_days)
    if update.archived is not UNSET:
        given["archived"] = update.archived
    if update.archived is True:
        given["name_key"] = None  # another room may be called so
    return given


def room_name(typed: str) -> str:
    """A room's name in NFC, trimmed, runs of spaces made one; as readable as a person's must be.

    Raises:
        BadRoomName: its message says what to do.
    """
    if not typed.strip():
        raise BadRoomName()
    try:
        return names.display_name(typed)
    except names.BadName as error:
        raise BadRoomName(str(error)) from None


def name_key(name: str) -> str:
    """The form of a name that is unique: NFKC and casefolded."""
    return names.login_key(name)


def topic(typed: str) -> str:
    """A topic in NFC, on one line.

    Raises:
        BadTopic
    """
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if any(unicodedata.category(char) in NOT_IN_TOPICS for char in text):
        raise BadTopic("Take out the invisible characters.")
    if len(text) > TOPIC_CHARS:
        raise BadTopic(f"Use at most {TOPIC_CHARS} characters; this has {len(text)}.")
    return text


def retention_days(days: int) -> int:
    """For how many days messages stay.

    Raises:
        BadRetention
    """
    if not 1 <= days <= MAX_DAYS:
        raise BadRetention()
    return days


def logins(typed: list[str]) -> list[str]:
    """The keys of logins as people type them, each once.

    Raises:
        BadPeople: there is none.
    """
    keys = [*dict.fromkeys(names.login_key(each.strip().removeprefix("@")) for each in typed if each.strip())]
    if not keys:
        raise BadPeople()
    return keys
