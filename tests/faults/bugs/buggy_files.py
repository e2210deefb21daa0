"""Bugs that a chat could have in what it does with files. See `buggy.py`."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import false

from app.chat.messages import amend, append, journal
from app.chat.messages.append import Appended, NewMessage
from app.chat.wire.commands import Delete
from app.db.driver.connection import Connection
from app.db.schema import attachments
from app.files.keeping.hashes import Hashes
from app.files.serving import queries

LAZY_S = 0.25


def attached_in_another_commit() -> None:
    """A message is committed a little before its files are attached to it."""

    async def append_apart(conn: Connection, batch: Sequence[NewMessage]) -> list[Appended]:
        outcomes = await append.append_messages(conn, [replace(message, files=()) for message in batch])
        written = [each for each in zip(batch, outcomes, strict=True) if each[0].files and each[1].is_new]
        if written:
            await asyncio.sleep(LAZY_S)
        for message, outcome in written:
            for position, file in enumerate(message.files, 1):
                values = f"{message.room}, {outcome.seq}, {position}, '{file}'"
                await conn.fetch(f"INSERT INTO attachments (room_id, seq, position, file_id) VALUES ({values})")
        return outcomes

    journal.append_messages = append_apart


def files_for_everybody() -> None:
    """Whoever has the id of a file may read it."""
    readable = queries._READABLE._generate()
    *readable._where_criteria, _ = readable._where_criteria
    queries._READABLE = readable


def hash_of_its_own_pieces() -> None:
    """A process takes the SHA-256 of the pieces that it received itself, though another one received some."""

    def take(self: Hashes, blob_id: int, _: int) -> Any:
        _, digest = self._hashes.pop(blob_id, (0, None))
        return digest or hashlib.sha256()

    Hashes.take = take


def files_left_behind() -> None:
    """A message is deleted, and its files are not."""
    gone_with = amend.gone_with
    amend.TABLES = tuple(table for table in amend.TABLES if table is not attachments)
    amend.gone_with = lambda room, seq, is_done: gone_with(room, seq, false())
    amend.KINDS[Delete] = amend._delete()


BUGS: tuple[Callable[[], None], ...] = (
    attached_in_another_commit,
    files_for_everybody,
    hash_of_its_own_pieces,
    files_left_behind,
)
