"""The statement for a message that comes alone, as most do in a quiet chat.

It needs no list and no order: it raises the room's counters, which locks the room, and inserts with what they are
then. What waited for the lock is judged by the room as it is afterwards. It costs PostgreSQL a third of what the
statement for a batch does.
"""

import uuid
from typing import Any

import sqlalchemy as sa

from app.db.driver.connection import Connection
from app.db.driver.prepared import ONE, ZERO, Prepared
from app.db.schema import memberships, messages, rooms


def _lone_statement() -> sa.ClauseElement:
    """It writes only what is new, by a member, to a room that lives, and replies to a message that is there."""
    names = ("room_id", "author_id", "client_id", "body", "reply_to")
    room, author, client_id, _, reply_to = given = [
        sa.cast(sa.bindparam(name, type_=messages.c[name].type), messages.c[name].type) for name in names
    ]
    is_member = sa.exists().where(memberships.c.room_id == room, memberships.c.user_id == author)
    is_there = sa.exists().where(
        messages.c.room_id == room, messages.c.author_id == author, messages.c.client_id == client_id
    )
    raised = (
        sa.update(rooms)
        .where(rooms.c.id == room, rooms.c.archived_at.is_(None), sa.func.coalesce(reply_to, ZERO) <= rooms.c.last_seq)
        .where(is_member, ~is_there)
        .values(last_seq=rooms.c.last_seq + ONE, last_rev=rooms.c.last_rev + ONE)
        .returning(rooms.c.last_seq, rooms.c.last_rev)
        .cte("raised")
    )
    return (
        sa.insert(messages)
        .from_select([*names, "seq", "rev"], sa.select(*given, raised.c.last_seq, raised.c.last_rev))
        .returning(messages.c.seq, messages.c.rev, messages.c.created_at)
    )


LONE = Prepared(_lone_statement())


async def write_alone(
    conn: Connection, room: int, author_id: int, client_id: uuid.UUID, body: str, reply_to: int | None
) -> tuple[Any, ...] | None:
    """Write one message that calls nobody and carries no files; its `seq`, its `rev` and when it was written.

    None, and nothing has happened, where it may not be written, or was before.

    Raises:
        psycopg2.errors.UniqueViolation: as `append_messages` does.
    """
    given = {"room_id": room, "author_id": author_id, "client_id": client_id.hex, "body": body, "reply_to": reply_to}
    rows = await LONE.run(conn, given)
    return rows[0] if rows else None
