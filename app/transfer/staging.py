"""Messages on their way into the database: they are put into tables of this session, where they are sorted.

No room is locked meanwhile, and nothing is left of them if this ends. A message is named by a UUID that is made of
where it comes from, which becomes its client id: what is here already is found by that.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.text import is_visible, normal_text
from app.chat.wire.commands import MAX_FILES, MAX_TEXT_CHARS
from app.chat.wire.emoji import fully_qualified, is_emoji
from app.transfer.mentions import Resolver
from app.transfer.records import File, Message
from app.transfer.staged.tables import READY, STAGE, STAGE_FILES, STAGE_REACTIONS, TABLES, FileRow, ReactionRow, Row

AT_ONCE = 2_000
_BY_PLACE = datetime(1970, 1, 1, tzinfo=UTC)  # of what Parley exported, whose order is that of its numbers


@dataclass
class Staged:
    """How many messages were read, what they became, and how many were too long or say nothing."""

    read: int = 0
    rows: int = 0
    split: int = 0
    empty: int = 0


def id_of(source: str, room: str, key: str, part: int = 0) -> uuid.UUID:
    """The id of a message: the same in every import of it."""
    name = "\0".join((source, room, key, *([str(part)] if part else [])))
    return uuid.UUID(bytes=hashlib.blake2b(name.encode(), digest_size=16).digest(), version=4)


def file_id_of(source: str, message_id: uuid.UUID, position: int) -> uuid.UUID:
    """The id of a file that has none in its source."""
    return id_of(source, "file", message_id.hex, position)


async def stage(
    conn: AsyncConnection,
    source: str,
    messages: Iterable[Message],
    rooms: Mapping[str, int],
    people: Mapping[str, int],
    resolver: Resolver,
) -> Staged:
    """Put messages there; every room and person that they name has an id."""
    for table in TABLES:
        await conn.execute(text(table))
    staged = Staged()
    rest = iter(messages)
    while some := [*islice(rest, AT_ONCE)]:
        rows = [row for message in some for row in _rows(staged, source, message, rooms, people, resolver)]
        await _insert(conn, STAGE, [row for row, _ in rows])
        await _insert(conn, STAGE_FILES, [file for row, carried in rows for file in _files(source, row, carried)])
        reactions = [each for message in some for each in _reactions(source, message, rooms, people)]
        await _insert(conn, STAGE_REACTIONS, reactions)
    for statement in READY:
        await conn.execute(text(statement))
    return staged


async def _insert(conn: AsyncConnection, statement: TextClause, rows: Sequence[msgspec.Struct]) -> None:
    if rows:
        await conn.execute(statement, {"rows": msgspec.json.encode(rows).decode()})


def _rows(
    staged: Staged,
    source: str,
    message: Message,
    rooms: Mapping[str, int],
    people: Mapping[str, int],
    resolver: Resolver,
) -> Iterator[tuple[Row, Sequence[File]]]:
    """The messages here that one there becomes, each with its files."""
    staged.read += 1
    body = _body(message, resolver)
    files = () if message.is_deleted else message.files
    if not (message.is_deleted or message.id or files or is_visible(body)):
        staged.empty += 1
        return
    parts = [*_with_files([*_parts(body)], files)]
    staged.rows += len(parts)
    staged.split += len(parts) > 1
    parent = message.reply_to
    for part, (text_, carried) in enumerate(parts):
        own = id_of(source, message.room, message.key, part)
        row = Row(
            room_id=rooms[message.room],
            id=own,
            client_id=message.id or own,
            author_id=people[message.author],
            at=message.at,
            sorted_at=_BY_PLACE if message.id else message.at,
            place=message.order,
            read=staged.read,
            part=part,
            body=text_,
            reply_id=id_of(source, message.room, parent) if parent is not None and not part else None,
            edited_at=message.edited_at,
            deleted_at=message.deleted_at or (message.at if message.is_deleted else None),
        )
        yield row, carried


def _with_files(parts: Sequence[str], files: Sequence[File]) -> Iterator[tuple[str, Sequence[File]]]:
    """The parts of a text, the last of which has the files; more of them than a message may have follow it."""
    yield from ((part, ()) for part in parts[:-1])
    yield parts[-1], files[:MAX_FILES]
    for begin in range(MAX_FILES, len(files), MAX_FILES):
        yield "", files[begin : begin + MAX_FILES]


def _files(source: str, row: Row, carried: Sequence[File]) -> Iterator[FileRow]:
    for position, file in enumerate(carried, 1):
        assert file.place is not None  # noqa: S101 (the spool gives one to all)
        file_id = file.id or file_id_of(source, row.id, position)
        yield FileRow(row.room_id, row.id, row.read, position, file.place, file_id, file.name, file.alt)


def _body(message: Message, resolver: Resolver) -> str:
    """The text as it is kept; what Parley exported is so already."""
    if message.is_deleted:
        return ""
    return message.text if message.id else normal_text(resolver.resolved(message.text).replace("\0", ""))


def _parts(body: str) -> Iterator[str]:
    """A text in pieces that one message may have, cut at the end of a line or at a space where there is one."""
    while len(body) > MAX_TEXT_CHARS:
        end = max(body.rfind("\n", 1, MAX_TEXT_CHARS), 0) or max(body.rfind(" ", 1, MAX_TEXT_CHARS), 0)
        end = end or MAX_TEXT_CHARS
        yield body[:end]
        body = body[end:].lstrip("\n") if body[end] == "\n" else body[end:]
    yield body


def _reactions(
    source: str, message: Message, rooms: Mapping[str, int], people: Mapping[str, int]
) -> Iterator[ReactionRow]:
    for reaction in message.reactions:
        emoji = fully_qualified(reaction.emoji)
        if is_emoji(emoji):
            own = id_of(source, message.room, message.key)
            yield ReactionRow(rooms[message.room], own, emoji, people[reaction.person], reaction.at or message.at)
