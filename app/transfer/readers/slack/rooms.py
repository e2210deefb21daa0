"""The conversations of an export, and the folders with their messages."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from unicodedata import normalize

from msgspec.structs import replace

from app.transfer.readers.archive import Archive
from app.transfer.readers.phrases import DESCRIPTIONS, PINS
from app.transfer.readers.slack.people import author_of
from app.transfer.readers.slack.shapes import field, messages_in, moment, objects, word
from app.transfer.records import Room

Kind = Literal["open", "closed", "direct"]
LISTS: dict[str, Kind] = {"channels": "open", "groups": "closed", "mpims": "direct", "dms": "direct"}


class Conversation(NamedTuple):
    """A room, and the files of its days in their order."""

    room: Room
    days: list[str]


def conversations_in(archive: Archive, team: str, left_out: Counter[str]) -> Iterator[Conversation]:
    """The rooms of a workspace: those in its lists, then the folders that are in none, which only their authors see."""
    days = _days(archive, team)
    seen = set()
    for name, kind in LISTS.items():
        path = f"{team}{name}.json"
        for found in objects(archive.json(path)) if path in archive else ():
            key = word(found.get("id"))
            if key and key not in seen:
                seen.add(key)
                _count_left(found, left_out)
                room, theirs = _room(found, key, kind), _days_of(found, key, days)
                if room.kind == "direct" and not found.get("members"):  # of two people, only the other one is named
                    room = _of_authors(room, found, _authors(archive, theirs))
                yield Conversation(room, theirs)
    for folder, left in days.items():
        if authors := _authors(archive, left):
            yield Conversation(Room(folder, "closed", folder, members=tuple(authors)), left)


def _count_left(found: dict[str, Any], left_out: Counter[str]) -> None:
    left_out[PINS] += len(objects(found.get("pins")))
    left_out[DESCRIPTIONS] += bool(word(field(found, "topic", "value")) and word(field(found, "purpose", "value")))


def _of_authors(room: Room, found: dict[str, Any], authors: list[str]) -> Room:
    """A direct room whose people are not listed. One of several is that of its authors, and no direct one of theirs."""
    room = replace(room, members=tuple(dict.fromkeys([*room.members, *authors])))
    several = word(found.get("name")).startswith("mpdm-") or found.get("is_mpim") is True
    return replace(room, kind="closed", name=word(found.get("name")) or room.key) if several else room


def _authors(archive: Archive, days: list[str]) -> list[str]:
    return sorted({author_of(each) for day in days for each in messages_in(archive, day) if moment(each.ts)})


def _days(archive: Archive, team: str) -> dict[str, list[str]]:
    """The files of the days by their folder."""
    found = defaultdict(list)
    for path in archive:
        below = path.removeprefix(team)
        if path.startswith(team) and below.count("/") == 1 and below.endswith(".json"):
            folder, name = below.split("/")
            if name[:4].isdecimal() and folder != "__MACOSX" and not name.startswith("._"):
                found[folder].append(path)
    return {folder: sorted(paths) for folder, paths in found.items()}


def _days_of(found: dict[str, Any], key: str, days: dict[str, list[str]]) -> list[str]:
    """A conversation's folder has its name, or its id, as those of two people have."""
    return days.pop(normalize("NFC", word(found.get("name"))), []) + days.pop(key, [])


def _room(found: dict[str, Any], key: str, listed: Kind) -> Room:
    kind = _kind(found, listed)
    members = found.get("members")
    keys = [each for each in members if word(each)] if isinstance(members, list) else []
    keys = keys or ([found["user"]] if kind == "direct" and word(found.get("user")) else [])
    return Room(
        key=key,
        kind=kind,
        name="" if kind == "direct" else word(found.get("name")) or key,
        topic=word(field(found, "topic", "value")) or word(field(found, "purpose", "value")),  # as Slack marks it
        members=tuple(dict.fromkeys(keys)),  # who writes to oneself is listed twice
        created_at=_created(found.get("created")),
        is_archived=found.get("is_archived") is True,
        creator=word(found.get("creator")) or None,
    )


def _kind(found: dict[str, Any], listed: Kind) -> Kind:
    """Lists of other tools hold every kind, with marks."""
    if found.get("is_im") is True or found.get("is_mpim") is True:
        return "direct"
    if listed == "open" and (found.get("is_private") is True or found.get("is_group") is True):
        return "closed"
    return listed


def _created(found: Any) -> datetime | None:
    seconds = moment(found)
    return seconds if seconds and seconds > datetime(2000, 1, 1, tzinfo=UTC) else None
