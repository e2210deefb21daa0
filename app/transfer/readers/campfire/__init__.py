"""Reads the database of Campfire (basecamp/once-campfire): SQLite, with its files in a folder beside it.

What is copied from a running Campfire needs the `-wal` file, too: the newest messages may stand only there.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal

from app.chat.wire.emoji import fully_qualified, is_emoji
from app.transfer.readers.campfire.html import body_of
from app.transfer.readers.inline import typed
from app.transfer.readers.phrases import PREVIEWS
from app.transfer.readers.styled import styled
from app.transfer.records import BadExport, File, LeftOut, Message, Person, Reaction, Record, Room

_PLACES = ("production.sqlite3", "db/production.sqlite3", "storage/db/production.sqlite3")
_TABLES = {"users", "rooms", "memberships", "messages", "boosts", "action_text_rich_texts"}
Opener = partial[IO[bytes]]
_BOT, _ACTIVE = 2, 0
_DEACTIVATED = "-deactivated-"
_PEOPLE = """
SELECT users.id, users.name, users.email_address, users.role, users.status, max(blobs.key)
FROM users
LEFT JOIN active_storage_attachments AS attached
    ON attached.record_type = 'User' AND attached.name = 'avatar' AND attached.record_id = users.id
LEFT JOIN active_storage_blobs AS blobs ON blobs.id = attached.blob_id
GROUP BY users.id ORDER BY users.id
"""
_ROOMS = """
SELECT id, type, name, creator_id, created_at,
    (SELECT json_group_array(user_id) FROM (SELECT user_id FROM memberships WHERE room_id = rooms.id ORDER BY id))
FROM rooms ORDER BY id
"""
_MESSAGES = """
SELECT messages.id, messages.room_id, messages.creator_id, messages.created_at, body.body, body.created_at,
    body.updated_at, blobs.filename, blobs.content_type, blobs.key,
    (SELECT json_group_array(json_array(content, booster_id))
     FROM (SELECT content, booster_id FROM boosts WHERE message_id = messages.id ORDER BY created_at, id))
FROM messages
LEFT JOIN action_text_rich_texts AS body
    ON body.record_type = 'Message' AND body.name = 'body' AND body.record_id = messages.id
LEFT JOIN active_storage_attachments AS attached
    ON attached.record_type = 'Message' AND attached.name = 'attachment' AND attached.record_id = messages.id
LEFT JOIN active_storage_blobs AS blobs ON blobs.id = attached.blob_id
ORDER BY messages.id
"""
_KINDS: dict[str, Literal["open", "direct"]] = {"Rooms::Open": "open", "Rooms::Direct": "direct"}


def read(path: Path) -> Iterator[Record]:
    """The people, the rooms, then the messages; `path` is the database, or Campfire's folder `storage`.

    Raises:
        BadExport
    """
    database = next((path / place for place in _PLACES if (path / place).is_file()), path)
    if not database.is_file():
        raise BadExport(f"There is no database of Campfire in {path}.")
    folders = [folder / "files" for folder in (database.parent, *database.parents[1:3])]
    left_out: Counter[str] = Counter()
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as conn:
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables >= _TABLES:
                raise BadExport(f"{database.name} is no database of Campfire.")
            yield from (_person(row, _opener(avatar, folders)) for *row, avatar in conn.execute(_PEOPLE))
            yield from (_room(*row) for row in conn.execute(_ROOMS))
            for *row, boosts in conn.execute(_MESSAGES):
                yield _message(row, json.loads(boosts), folders, left_out)
    except sqlite3.Error as error:
        raise BadExport(f"{database.name} cannot be read as Campfire's database: {error}.") from error
    yield from (LeftOut(what, count) for what, count in left_out.items() if count)


def _person(row: list[Any], avatar: Opener | None) -> Person:
    """Whoever is switched off or banned is gone; a bot is one whatever its state."""
    key, name, email, role, status = row
    kind: Any = "bot" if role == _BOT else "person" if status == _ACTIVE else "gone"
    known = None if _DEACTIVATED in (email or "") else email
    return Person(str(key), name=name, email=known, kind=kind, avatar=avatar)


def _room(key: int, kind: str, name: str | None, creator: int | None, created_at: str, members: str) -> Room:
    here: Literal["open", "closed", "direct"] = _KINDS.get(kind, "closed")
    return Room(
        key=str(key),
        kind=here,
        name="" if here == "direct" else name or f"room {key}",
        members=tuple(map(str, json.loads(members))),
        created_at=_moment(created_at),
        creator=None if creator is None else str(creator),
    )


def _message(row: list[Any], boosts: list[list[Any]], folders: list[Path], left_out: Counter[str]) -> Message:
    key, room, author, at, html, written_at, edited_at, name, media_type, blob = row
    body = body_of(html or "", str(room))
    left_out[PREVIEWS] += body.previews
    return Message(
        room=str(room),
        key=str(key),
        author=str(author),
        at=_moment(at),
        text=styled(body.blocks),
        order=key,
        reply_to=body.original[1] if body.original else None,
        # A boost touches the message, and not its text.
        edited_at=_moment(edited_at) if edited_at != written_at else None,
        reactions=tuple(_reactions(boosts, left_out)),
        files=(_file(name, media_type, blob, folders),) if blob else (),
    )


def _reactions(boosts: list[list[Any]], left_out: Counter[str]) -> Iterator[Reaction]:
    """A boost is a few typed characters: one that is an emoji is a reaction."""
    seen = set()
    for content, person in boosts:
        emoji = fully_qualified(str(content).strip())
        if not is_emoji(emoji):
            left_out["boosts that are no emoji"] += 1
        elif (emoji, person) not in seen:
            seen.add((emoji, person))
            yield Reaction(emoji, str(person))


def _file(name: str, media_type: str | None, key: str, folders: list[Path]) -> File:
    return File(typed(name), media_type or "", _opener(key, folders))


def _opener(key: str | None, folders: list[Path]) -> Opener | None:
    """Rails keeps a blob under the first letters of its key."""
    paths = [folder / key[:2] / key[2:4] / key for folder in folders] if key and key.isalnum() else []
    found = next((path for path in paths if path.is_file()), None)
    return partial(_opened, found) if found else None


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
