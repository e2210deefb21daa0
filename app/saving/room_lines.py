"""A room as JSON Lines: the format of docs/EXPORT.md, with what one of its members may read and nothing else."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.wire.events import RoomState
from app.files.serving.service import Reader
from app.saving import queries
from app.saving.service import Saving
from app.transfer import exporting, lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def lines_of(saving: Saving, reader: Reader, room: RoomState) -> AsyncGenerator[bytes, None]:
    """The lines in pieces: the chat, the room's people, the room, its messages.

    Somebody who is no member, and wrote or reacted there, stands before the first message that names them.

    Raises:
        NotFound: they are no member any more, or their session has ended.
    """
    logins: dict[int, str] = {}
    async with saving.reading(reader, room.id) as conn:
        facts = await queries.facts_of(conn, room.id)
        number = number_of(facts.created_at)
        head = await _head(conn, room, facts, number, logins)
    yield _encoded(head)
    after = 0
    while after < room.last_seq:
        async with saving.reading(reader, room.id) as conn:
            rows = [row for row in await exporting.rows_after(conn, room.id, after) if row.seq <= room.last_seq]
            if not rows:
                return
            met = await _met(conn, set[int]().union(*map(exporting.people_in, rows)), logins)
        after = rows[-1].seq
        yield _encoded([*met, *(exporting.message_line(number, row, logins) for row in rows)])


def number_of(created_at: datetime) -> int:
    """That of a room that is saved alone: the microsecond in which it was made, in every file the same.

    What is brought in finds its room by the number. So two files never come into one room, nor one into that of a
    whole export, whose numbers count from 1.
    """
    return (created_at - _EPOCH) // timedelta(microseconds=1)


async def _head(
    conn: AsyncConnection, room: RoomState, facts: Row[*tuple[Any, ...]], number: int, logins: dict[int, str]
) -> list[Any]:
    chat = (await conn.execute(select(*exporting.CHAT))).one()
    seats = await queries.seats_of(conn, room.id, room.last_seq)
    creator = set() if facts.creator_id is None else {facts.creator_id}
    people = await _met(conn, {*seats} | creator, logins)
    described = lines.Room(
        *(number, facts.kind, facts.name, facts.topic, facts.for_everyone, facts.created_at),
        *(logins.get(facts.creator_id or 0), facts.archived_at, [*seats.values()], facts.retention_days),
        facts.members_save,
    )
    return [lines.Chat(lines.FORMAT, *chat), *people, described]


async def _met(conn: AsyncConnection, user_ids: set[int], logins: dict[int, str]) -> list[lines.Person]:
    """Those who were not described yet."""
    if not (new := user_ids - logins.keys()):
        return []
    people = await queries.people_of(conn, new)
    logins |= {user_id: person.login for user_id, person in people.items()}
    return [*people.values()]


def _encoded(some: list[Any]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in some)
