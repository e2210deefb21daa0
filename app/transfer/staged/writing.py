"""Puts staged messages into their rooms, in batches: numbered under the lock under which people post there.

A batch is a transaction. Whatever ends the import, what was written is whole, and the next one goes on behind it. What
a room's members had read to its end they have read to its new end.
"""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from sqlalchemy import text

from app.transfer.staged.own import Own

Bring = Callable[[Own, dict[str, int]], Awaitable[None]]

BATCH = 1_000

_ROOMS = text("""
    SELECT room_id, max(n) AS count, bool_or(is_late) AS is_late FROM (
        SELECT room_id, n, false AS is_late FROM waiting
        UNION ALL SELECT room_id, 0, true FROM late) AS named
    GROUP BY room_id ORDER BY room_id""")
_LOCK = text("SELECT last_seq, last_rev FROM rooms WHERE id = :room FOR NO KEY UPDATE")
# A parent of this batch has a number already; one of a batch before is found by its id, one that an earlier import
# brought stands in `here`, one that comes later is set by `_LATER`. A part that follows the first answers nothing.
_WRITE = text("""
    INSERT INTO messages
        (room_id, seq, rev, author_id, client_id, body, created_at, edited_at, deleted_at, reply_to)
    SELECT item.room_id, :seq + item.n, :rev + item.n, item.author_id, item.client_id, staged.body, staged.at,
        staged.edited_at, staged.deleted_at,
        CASE WHEN parent.n BETWEEN :first AND :last THEN :seq + parent.n
            WHEN item.part > 0 AND here.seq = :seq + item.n - item.part THEN NULL
            ELSE coalesce(here.seq, earlier.seq) END
    FROM waiting AS item
    JOIN staged ON staged.line = item.line
    LEFT JOIN waiting AS parent ON parent.room_id = item.room_id AND parent.id = item.reply_id
    LEFT JOIN here ON here.room_id = item.room_id AND here.id = item.reply_id
    LEFT JOIN messages AS earlier ON parent.n < :first AND earlier.room_id = parent.room_id
        AND earlier.author_id = parent.author_id AND earlier.client_id = parent.client_id
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
    WITH answer AS (
        SELECT own.seq, answered.seq AS parent, row_number() OVER (ORDER BY own.seq) AS place
        FROM late
        JOIN placed AS own ON own.room_id = late.room_id AND own.id = late.id
        JOIN placed AS answered ON answered.room_id = late.room_id AND answered.id = late.reply_id
        JOIN messages ON messages.room_id = own.room_id AND messages.seq = own.seq AND messages.reply_to IS NULL
        WHERE late.room_id = :room)
    UPDATE messages SET reply_to = answer.parent, rev = :rev + answer.place FROM answer
    WHERE messages.room_id = :room AND messages.seq = answer.seq""")


class Written(Struct):
    """How much was written."""

    messages: int = 0
    reactions: int = 0


async def write(own: Own, bring: Bring | None, show: Callable[[int], None], *, has_reactions: bool) -> Written:
    """Write all that waits; how much that was. `show` gets how many messages were written after each batch.

    `own` is in no transaction. Where messages have files, `bring` keeps those of a batch before it is written.
    """
    written = Written()
    async with own.begin():
        found = (await own.execute(_ROOMS)).all()
    for room, count, is_late in found:
        for first in range(1, count + 1, BATCH):
            last = min(first + BATCH - 1, count)
            batch = {"room": room, "first": first, "last": last}
            if bring is not None:
                await bring(own, batch)
            async with own.begin():
                await _write_batch(own, batch)
                if bring is not None:
                    await own.execute(_ATTACH, batch)
                if has_reactions:
                    written.reactions += (await own.execute(_REACT, batch)).rowcount
            written.messages += last - first + 1
            show(written.messages)
        if is_late:
            async with own.begin():
                await _set_later_parents(own, room)
    return written


async def _write_batch(own: Own, batch: dict[str, int]) -> None:
    """Write those with these numbers into a room, as one step for everybody who looks."""
    room, first, last = batch["room"], batch["first"], batch["last"]
    seq, rev = (await own.execute(_LOCK, {"room": room})).one()
    await own.execute(_WRITE, batch | {"seq": seq - first + 1, "rev": rev - first + 1})
    count = last - first + 1
    await own.execute(_RAISE, {"room": room, "seq": seq + count, "rev": rev + count})
    span = {"room": room, "before": seq, "last": seq + count}
    if not (await own.execute(_EXTEND_SPAN, span)).rowcount:
        await own.execute(_ADD_SPAN, span)
    await own.execute(_READ, {"room": room, "seq": seq + count, "before": seq})


async def _set_later_parents(own: Own, room: int) -> None:
    seq, rev = (await own.execute(_LOCK, {"room": room})).one()
    changed = (await own.execute(_LATER, {"room": room, "rev": rev})).rowcount
    if changed:
        await own.execute(_RAISE, {"room": room, "seq": seq, "rev": rev + changed})
