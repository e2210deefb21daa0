"""Messages as rows of the tables in which they wait, each a line of the text form of COPY. Pure."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from app.chat.wire.commands import MAX_FILES, MAX_TEXT_CHARS
from app.transfer.records import File, Message

MOST_PARTS = 20  # of a text that an earlier export had: more than the longest of any chat makes
_BY_PLACE = datetime(1970, 1, 1, tzinfo=UTC)  # of what Parley exported, whose order is that of its numbers


def id_of(source: str, room: str, key: str, part: int = 0) -> uuid.UUID:
    """The id of a message: the same in every import of it."""
    return uuid.UUID(hex=_hex(source, room, key, part))


def file_id_of(source: str, message_id: uuid.UUID, position: int) -> uuid.UUID:
    """The id of a file that has none in its source."""
    return id_of(source, "file", message_id.hex, position)


def _hex(source: str, room: str, key: str, part: int = 0) -> str:
    name = f"{source}\0{room}\0{key}\0{part}" if part else f"{source}\0{room}\0{key}"
    digest = bytearray(hashlib.blake2b(name.encode(), digest_size=16).digest())
    digest[6], digest[8] = digest[6] & 0x0F | 0x40, digest[8] & 0x3F | 0x80  # version 4, as UUIDs that clients make
    return digest.hex()


class Lines:
    """The lines of one batch, by the table; `first` is the number of its first message."""

    def __init__(self, source: str, first: int) -> None:
        self._source, self.number = source, first
        self.staged, self.reactions, self.files, self.gone = list[str](), list[str](), list[str](), list[str]()

    def add(self, message: Message, body: str, files: Sequence[File], room: int, author: int) -> int:
        """Add a message; returns of how many parts."""
        own = _hex(self._source, message.room, message.key)
        parts = [*_with_files([*_parts(body)], files)]
        parent = _hex(self._source, message.room, message.reply_to) if message.reply_to is not None else None
        self._add(message, own, message.id.hex if message.id else own, room, author, 0, *parts[0], parent)
        for number, (text, carried) in enumerate(parts[1:], 1):
            id = _hex(self._source, message.room, message.key, number)
            self._add(message, id, id, room, author, number, text, carried, own)
        if message.edited_at is not None or message.is_deleted:
            self._leave_rest(message, room, len(parts))
        return len(parts)

    def react(self, message: Message, room: int, emoji: str, person: int, at: datetime) -> None:
        """Add somebody's reaction to a message."""
        own = _hex(self._source, message.room, message.key)
        self.reactions.append(f"{room}\t{own}\t{emoji}\t{person}\t{at}\n")

    def _add(
        self,
        message: Message,
        id: str,
        client_id: str,
        room: int,
        author: int,
        part: int,
        text: str,
        carried: Sequence[File],
        reply: str | None,
    ) -> None:
        at = str(message.at)
        deleted_at = message.deleted_at or (at if message.is_deleted else None)
        self.staged.append(
            f"{self.number}\t{room}\t{id}\t{client_id}\t{author}\t{at}\t{_BY_PLACE if message.id else at}\t"
            f"{message.order}\t{part}\t{_escaped(text)}\t{reply or NULL}\t{message.edited_at or NULL}\t"
            f"{deleted_at or NULL}\n"
        )
        for position, file in enumerate(carried, 1):
            file_id = file.id or file_id_of(self._source, uuid.UUID(hex=id), position)
            self.files.append(
                f"{self.number}\t{room}\t{id}\t{position}\t{file.place}\t{file_id}\t{_escaped(file.name)}\t"
                f"{_escaped(file.alt)}\n"
            )
        self.number += 1

    def _leave_rest(self, message: Message, room: int, count: int) -> None:
        """The parts that an earlier, longer text may have had."""
        until = NULL if message.is_deleted else message.edited_at
        for part in range(count, MOST_PARTS):
            self.gone.append(f"{room}\t{_hex(self._source, message.room, message.key, part)}\t{until}\n")


NULL = "\\N"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _with_files(parts: Sequence[str], files: Sequence[File]) -> Iterator[tuple[str, Sequence[File]]]:
    """The parts of a text, the last of which has the files; more of them than a message may have follow it.

    So they do where their names would not fit behind the text, which they do if they do not come.
    """
    names = sum(len(file.name) + len("\n[]") for file in files[:MAX_FILES])
    if files and parts[-1] and len(parts[-1]) + names > MAX_TEXT_CHARS:
        parts = [*parts, ""]
    yield from ((part, ()) for part in parts[:-1])
    yield parts[-1], files[:MAX_FILES]
    for begin in range(MAX_FILES, len(files), MAX_FILES):
        yield "", files[begin : begin + MAX_FILES]


def _parts(body: str) -> Iterator[str]:
    """A text in pieces that one message may have, cut at the end of a line or at a space where there is one."""
    while len(body) > MAX_TEXT_CHARS:
        end = max(body.rfind("\n", 1, MAX_TEXT_CHARS), 0) or max(body.rfind(" ", 1, MAX_TEXT_CHARS), 0)
        end = end or MAX_TEXT_CHARS
        yield body[:end]
        body = body[end:].lstrip("\n") if body[end] == "\n" else body[end:]
    yield body
