"""The final rows of a run's database, read with statements of the checker's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.chat.markup.markup import html_of
from app.db.schema import attachments, blobs, chunks, files, messages, reactions, rooms
from tests.faults.checker.files import digest_of
from tests.faults.checker.ledger import Head, Row
from tests.faults.checker.state import PLAIN, Details

ROWS_AT_ONCE = 10_000
FILES_AT_ONCE = 100
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
        reacted, attached = _reactions(conn), _attached(conn)
        for room, seq, rev, author, id, body, *more in conn.execute(statement):
            place = room, seq
            details = _details(body, reacted.get(place, {}), (*attached.get(place, ()),), *more)
            yield Row(room, seq, rev, author, str(id), body, details)


def kept(engine: Engine) -> dict[str, str]:
    """The digests of the files whose bytes are all there, by their ids; nothing where the database has another one."""
    in_order = func.string_agg(chunks.c.data, aggregate_order_by(literal(b""), chunks.c.begins))
    content = select(in_order).where(chunks.c.blob_id == blobs.c.id).scalar_subquery()
    statement = select(files.c.id, blobs.c.sha256, content).join_from(files, blobs, files.c.blob_id == blobs.c.id)
    found: dict[str, str] = {}
    with engine.connect().execution_options(yield_per=FILES_AT_ONCE) as conn:
        for id, sha256, data in conn.execute(statement.where(files.c.whole_at.is_not(None))):
            digest = digest_of(bytes(data or b""))
            found[str(id)] = digest if bytes(sha256).hex() == digest else ""
    return found


def _attached(conn: Connection) -> dict[tuple[int, int], list[str]]:
    """By room and seq the ids of the files, in their order."""
    by = (attachments.c.room_id, attachments.c.seq, attachments.c.position)
    found: dict[tuple[int, int], list[str]] = {}
    for room, seq, file in conn.execute(select(*by[:2], attachments.c.file_id).order_by(*by)):
        found.setdefault((room, seq), []).append(str(file))
    return found


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
    carried: tuple[str, ...],
    edited_at: datetime | None,
    deleted_at: datetime | None,
    reply_to: int | None,
    *quoted: Any,
) -> Details:
    html = html_of(body)
    if not (html or reacted or edited_at or deleted_at or reply_to or carried):
        return PLAIN
    author, words, is_gone = quoted
    return Details(
        edited=_wire_time(edited_at) if edited_at and not deleted_at else None,
        deleted=deleted_at is not None,
        html=html,
        reply_to=reply_to,
        quote=(author, words, is_gone is not None) if reply_to else None,
        reactions=tuple((emoji, tuple(users)) for emoji, users in reacted.items()),
        files=carried,
    )


def _wire_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
