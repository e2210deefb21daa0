"""Takes the chat out, line after line, as it is at one moment: docs/EXPORT.md says what stands in each line."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.schema import instance, memberships, messages, reactions, rooms, users
from app.files.keeping.store import Store
from app.transfer import lines
from app.transfer.lines import Line
from app.transfer.packed.files import bytes_of_files, carried_by
from app.transfer.packed.packing import Packing

AT_ONCE = 1_000
CHAT = (instance.c.name, instance.c.open_sign_up, instance.c.second_factor)  # what the first line has
AnyRow = Row[*tuple[Any, ...]]


async def exported(engine: AsyncEngine, store: Store, *, with_passwords: bool) -> AsyncGenerator[bytes, None]:
    """The whole chat in a zip, in pieces: its lines, then the bytes of the files that messages carry.

    Raises:
        BucketGone
    """
    packing = Packing()
    async with snapshot(engine) as conn:
        async for piece in packing.add(lines.LINES, exported_lines(conn, with_passwords=with_passwords)):
            yield piece
        async for name, content in bytes_of_files(conn, store):
            async for piece in packing.add(f"{lines.FILES}{name}", content, is_small_already=True):
                yield piece
    yield packing.end()


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that sees the chat as it is now, for as long as it takes."""
    async with engine.connect() as conn, conn.begin():
        await conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        await conn.execute(text("SET LOCAL statement_timeout = 0"))
        await conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield conn


async def exported_lines(conn: AsyncConnection, *, with_passwords: bool) -> AsyncIterator[bytes]:
    """The whole chat as JSON Lines, in pieces, without the bytes of files."""
    encoder = msgspec.json.Encoder()
    async for some in _lines(conn, with_passwords=with_passwords):
        yield b"".join(encoder.encode(line) + b"\n" for line in some)


async def _lines(conn: AsyncConnection, *, with_passwords: bool) -> AsyncIterator[list[Line]]:
    chat = (await conn.execute(select(*CHAT))).one()
    yield [lines.Chat(lines.FORMAT, *chat)]
    people = [*await conn.execute(select(users).order_by(users.c.id))]
    logins = {person.id: person.login for person in people}
    yield [
        lines.Person(
            *(person.login, person.display_name, person.role, person.email),
            created_at=person.created_at,
            email_verified_at=person.email_verified_at,
            disabled_at=person.disabled_at,
            deleted_at=person.deleted_at,
            hue=person.hue,
            password_hash=person.password_hash if with_passwords else None,
        )
        for person in people
    ]
    numbers: dict[int, int] = {}
    found = [*await conn.execute(select(rooms).order_by(rooms.c.id))]
    for number, room in enumerate(found, 1):
        numbers[room.id] = number
        theirs = select(memberships).where(memberships.c.room_id == room.id).order_by(memberships.c.user_id)
        seats = [
            lines.Member(
                *(logins[seat.user_id], seat.joined_at, seat.level, seat.read_seq, seat.hidden_seq, seat.notify_all)
            )
            for seat in await conn.execute(theirs)
        ]
        yield [
            lines.Room(
                *(number, room.kind, room.name, room.topic, room.for_everyone, room.created_at),
                *(logins.get(room.creator_id), room.archived_at, seats, room.retention_days),
                room.members_save,
            )
        ]
    for room in found:
        async for some in _messages(conn, room.id, numbers[room.id], logins):
            yield some


async def _messages(
    conn: AsyncConnection, room_id: int, number: int, logins: Mapping[int, str]
) -> AsyncIterator[list[Line]]:
    after = 0
    while rows := await rows_after(conn, room_id, after):
        after = rows[-1].seq
        yield [message_line(number, row, logins) for row in rows]


async def rows_after(conn: AsyncConnection, room_id: int, after: int) -> list[AnyRow]:
    """The next messages of a room, at most `AT_ONCE`, as `message_line` takes them."""
    return [*await conn.execute(_page(room_id, after))]


def people_in(row: AnyRow) -> set[int]:
    """Whose logins the line of a message has."""
    return {row.author_id, *(each["user_id"] for each in row.given or [])}


def message_line(number: int, row: AnyRow, logins: Mapping[int, str]) -> lines.Message:
    """The line of a message of the room with this number."""
    return lines.Message(
        *(number, row.seq, row.client_id, logins[row.author_id], row.created_at, row.body, row.reply_to),
        *(row.edited_at, row.deleted_at),
        [_reaction(each, logins) for each in row.given or []],
        msgspec.convert(row.carried or [], list[lines.File]),
    )


def _reaction(given: Mapping[str, Any], logins: Mapping[int, str]) -> lines.Reaction:
    at = datetime.fromisoformat(given["at"]).astimezone(UTC)
    return lines.Reaction(given["emoji"], logins[given["user_id"]], at)


def _page(room_id: int, after: int) -> Select[*tuple[Any, ...]]:
    """The next messages of a room, each with its files, and its reactions in the order in which they were given."""
    one = func.json_build_object(
        *("emoji", reactions.c.emoji, "user_id", reactions.c.user_id, "at", reactions.c.created_at)
    )
    order = (reactions.c.created_at, reactions.c.emoji, reactions.c.user_id)
    given = (
        select(func.json_agg(aggregate_order_by(one, *order)))
        .where(reactions.c.room_id == messages.c.room_id, reactions.c.seq == messages.c.seq)
        .scalar_subquery()
    )
    page = select(messages, given.label("given"), carried_by(messages).label("carried"))
    page = page.where(messages.c.room_id == room_id, messages.c.seq > after)
    return page.order_by(messages.c.seq).limit(AT_ONCE)
