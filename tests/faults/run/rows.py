"""The final rows of a run's database, read with statements of the checker's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from app.chat.markup.markup import html_of
from app.db.schema import messages, reactions, rooms
from tests.faults.checker.ledger import Head, Row
from tests.faults.checker.state import PLAIN, Details

ROWS_AT_ONCE = 10_000
ORIGINAL = messages.alias("original")


def heads(engine: Engine) -> dict[int, Head]:
    with engine.connect() as conn:
        found = conn.execute(select(rooms.c.id, rooms.c.last_seq, rooms.c.last_rev))
        return {row.id: Head(row.last_seq, row.last_rev) for row in found}


def rows(engine: Engine) -> Iterator[Row]:
    """All messages by room and seq, a stretch at a time."""
    columns = (messages.c.room_id, messages.c.seq, messages.c.rev, messages.c.author_id, messages.c.client_id)
    said = (messages.c.body, messages.c.edited_at, messages.c.deleted_at, messages.c.reply_to)
    quoted = (ORIGINAL.c.author_id, ORIGINAL.c.body, ORIGINAL.c.deleted_at)
    statement = (
        select(*columns, *said, *quoted)
        .join_from(
            messages,
            ORIGINAL,
            (ORIGINAL.c.room_id == messages.c.room_id) & (ORIGINAL.c.seq == messages.c.reply_to),
            isouter=True,
        )
        .order_by(messages.c.room_id, messages.c.seq)
    )
    with engine.connect().execution_options(yield_per=ROWS_AT_ONCE) as conn:
        reacted = _reactions(conn)
        for room, seq, rev, author, id, body, *more in conn.execute(statement):
            details = _details(body, reacted.get((room, seq), {}), *more)
            yield Row(room, seq, rev, author, str(id), body, details)


def _reactions(conn: Connection) -> dict[tuple[int, int], dict[str, list[int]]]:
    """By room and seq the users by emoji, in the order of their first use."""
    by = (reactions.c.room_id, reactions.c.seq, reactions.c.created_at, reactions.c.user_id)
    found: dict[tuple[int, int], dict[str, list[int]]] = {}
    for room, seq, emoji, user in conn.execute(select(*by[:2], reactions.c.emoji, by[3]).order_by(*by)):
        found.setdefault((room, seq), {}).setdefault(emoji, []).append(user)
    return found


def _details(
    body: str,
    reacted: dict[str, list[int]],
    edited_at: datetime | None,
    deleted_at: datetime | None,
    reply_to: int | None,
    *quoted: Any,
) -> Details:
    html = html_of(body)
    if not (html or reacted or edited_at or deleted_at or reply_to):
        return PLAIN
    author, words, is_gone = quoted
    return Details(
        edited=_wire_time(edited_at) if edited_at and not deleted_at else None,
        deleted=deleted_at is not None,
        html=html,
        reply_to=reply_to,
        quote=(author, words, is_gone is not None) if reply_to else None,
        reactions=tuple((emoji, tuple(users)) for emoji, users in reacted.items()),
    )


def _wire_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
