"""Puts staged messages into their rooms, in batches: numbered under the lock under which people post there.

A batch is a transaction. Whatever ends the import, what was written is whole, and the next one goes on behind it. What
a room's members had read to its end they have read to its new end.
"""

from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.transfer.carrying import Carrying

BATCH = 1_000

_ROOMS = text("""
    SELECT room_id, coalesce(max(n), 0) AS count FROM (SELECT DISTINCT room_id FROM staged) AS named
    LEFT JOIN waiting USING (room_id) GROUP BY room_id ORDER BY room_id""")
_LOCK = text("SELECT last_seq, last_rev FROM rooms WHERE id = :room FOR NO KEY UPDATE")
# A parent of this batch has a number already; one of before is found by its id, with its author where the export says
# who that is. One that comes later is set by `_LATER`.
_WRITE = text("""
    INSERT INTO messages
        (room_id, seq, rev, author_id, client_id, body, created_at, edited_at, deleted_at, reply_to)
    SELECT item.room_id, :seq + item.n, :rev + item.n, item.author_id, item.client_id, item.body, item.at,
        item.edited_at, item.deleted_at,
        CASE WHEN parent.n BETWEEN :first AND :last THEN :seq + parent.n ELSE earlier.seq END
    FROM waiting AS item
    LEFT JOIN waiting AS parent ON parent.room_id = item.room_id AND parent.id = item.reply_id
    LEFT JOIN LATERAL (
        SELECT messages.seq FROM messages JOIN staged ON staged.room_id = item.room_id AND staged.id = item.reply_id
        WHERE messages.room_id = item.room_id AND messages.author_id = staged.author_id
            AND messages.client_id = staged.client_id
        UNION ALL
        SELECT messages.seq FROM messages JOIN imported_people AS people ON people.source = :source
        WHERE messages.room_id = item.room_id AND messages.author_id = people.user_id
            AND messages.client_id = item.reply_id
        LIMIT 1) AS earlier ON item.reply_id IS NOT NULL
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last""")
_RAISE = text("UPDATE rooms SET last_seq = :seq, last_rev = :rev WHERE id = :room")
_EXTEND_SPAN = text("UPDATE imported_spans SET last_seq = :last WHERE room_id = :room AND last_seq = :before")
_ADD_SPAN = text("INSERT INTO imported_spans (room_id, first_seq, last_seq) VALUES (:room, :before + 1, :last)")
_READ = text("UPDATE memberships SET read_seq = :seq WHERE room_id = :room AND read_seq = :before")
_REACT = text("""
    INSERT INTO reactions (room_id, seq, emoji, user_id, created_at)
    SELECT messages.room_id, messages.seq, given.emoji, given.user_id, min(given.at)
    FROM waiting AS item
    JOIN staged_reactions AS given ON given.room_id = item.room_id AND given.id = item.id
    JOIN messages ON messages.room_id = item.room_id AND messages.author_id = item.author_id
        AND messages.client_id = item.client_id
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last AND messages.deleted_at IS NULL
    GROUP BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING""")
_ATTACH = text("""
    INSERT INTO attachments (room_id, seq, position, file_id)
    SELECT messages.room_id, messages.seq, given.position, given.file_id
    FROM waiting AS item
    JOIN staged_files AS given ON given.room_id = item.room_id AND given.id = item.id
    JOIN messages ON messages.room_id = item.room_id AND messages.author_id = item.author_id
        AND messages.client_id = item.client_id
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last AND messages.deleted_at IS NULL""")
# A reply that stands before its parent, by the source's clock or because it came with an import that ended in between:
# it is changed once its parent has a number.
_LATER = text("""
    WITH late AS (
        SELECT own.seq, answered.seq AS parent, row_number() OVER (ORDER BY own.seq) AS place
        FROM staged AS reply
        JOIN staged AS parent ON parent.room_id = reply.room_id AND parent.id = reply.reply_id
        JOIN messages AS own ON own.room_id = reply.room_id AND own.author_id = reply.author_id
            AND own.client_id = reply.client_id AND own.reply_to IS NULL
        JOIN messages AS answered ON answered.room_id = parent.room_id AND answered.author_id = parent.author_id
            AND answered.client_id = parent.client_id
        WHERE reply.room_id = :room)
    UPDATE messages SET reply_to = late.parent, rev = :rev + late.place FROM late
    WHERE messages.room_id = :room AND messages.seq = late.seq""")


class Written(Struct):
    """How much was written."""

    messages: int = 0
    reactions: int = 0


async def write(conn: AsyncConnection, source: str, carrying: Carrying, show: Callable[[int], None]) -> Written:
    """Write all that waits; how much that was. `show` gets how many messages were written after each batch.

    `conn` is in no transaction.
    """
    written = Written()
    async with conn.begin():
        counts = (await conn.execute(_ROOMS)).all()
    for room, count in counts:
        for first in range(1, count + 1, BATCH):
            last = min(first + BATCH - 1, count)
            await carrying.bring(conn, {"room": room, "first": first, "last": last})
            async with conn.begin():
                written.reactions += await _write_batch(conn, source, room, first, last)
            written.messages += last - first + 1
            show(written.messages)
        async with conn.begin():
            await _set_later_parents(conn, room)
    return written


async def _write_batch(conn: AsyncConnection, source: str, room: int, first: int, last: int) -> int:
    """Write those with these numbers into a room, as one step for everybody who looks; how many reactions they have."""
    seq, rev = (await conn.execute(_LOCK, {"room": room})).one()
    batch = {"room": room, "first": first, "last": last}
    offsets = {"seq": seq - first + 1, "rev": rev - first + 1}
    await conn.execute(_WRITE, batch | offsets | {"source": source})
    count = last - first + 1
    await conn.execute(_RAISE, {"room": room, "seq": seq + count, "rev": rev + count})
    span = {"room": room, "before": seq, "last": seq + count}
    if not (await conn.execute(_EXTEND_SPAN, span)).rowcount:
        await conn.execute(_ADD_SPAN, span)
    await conn.execute(_READ, {"room": room, "seq": seq + count, "before": seq})
    await conn.execute(_ATTACH, batch)
    return (await conn.execute(_REACT, batch)).rowcount


async def _set_later_parents(conn: AsyncConnection, room: int) -> None:
    seq, rev = (await conn.execute(_LOCK, {"room": room})).one()
    changed = (await conn.execute(_LATER, {"room": room, "rev": rev})).rowcount
    if changed:
        await conn.execute(_RAISE, {"room": room, "seq": seq, "rev": rev + changed})
