"""Puts staged messages into their rooms, in batches: numbered under the lock under which people post there.

A batch is a transaction. Whatever ends the import, what was written is whole, and the next one goes on behind it. What
a room's members had read to its end they have read to its new end.
"""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from sqlalchemy import text

from app.pulse.statements import FRESH_S
from app.transfer.staged.own import Own

Bring = Callable[[Own, dict[str, int]], Awaitable[None]]

FEW = 250  # messages of a batch while Parley serves, for a post may have to wait for their log; or that have files
MANY = 5_000  # of one that nobody waits for

_ROOMS = text("""
    SELECT room_id, max(n) AS count, bool_or(is_late) AS is_late FROM (
        SELECT room_id, n, false AS is_late FROM waiting
        UNION ALL SELECT room_id, 0, true FROM late) AS named
    GROUP BY room_id ORDER BY room_id""")
_SERVES = text(
    "SELECT EXISTS (SELECT FROM heartbeats WHERE beat_at > clock_timestamp() - make_interval(secs => :fresh_s))"
)
_LOCK = "SELECT FROM rooms WHERE id = :room FOR NO KEY UPDATE"
# A parent of this batch has a number already; one of a batch before is found by its id, one that an earlier import
# brought stands in `here`, one that comes later is set by `_LATER`. A part that follows the first answers nothing.
_WRITE = """
    INSERT INTO messages
        (room_id, seq, rev, author_id, client_id, body, created_at, edited_at, deleted_at, reply_to)
    SELECT item.room_id, room.last_seq - :before + item.n, room.last_rev - :before + item.n, item.author_id,
        item.client_id, staged.body, staged.at, staged.edited_at, staged.deleted_at,
        CASE WHEN parent.n BETWEEN :first AND :last THEN room.last_seq - :before + parent.n
            WHEN item.part > 0 AND here.seq = room.last_seq - :before + item.n - item.part THEN NULL
            ELSE coalesce(here.seq, (
                SELECT seq FROM messages AS earlier
                WHERE parent.n < :first AND earlier.room_id = parent.room_id
                    AND earlier.author_id = parent.author_id AND earlier.client_id = parent.client_id LIMIT 1)) END
    FROM waiting AS item
    JOIN rooms AS room ON room.id = item.room_id
    JOIN staged ON staged.line = item.line
    LEFT JOIN waiting AS parent ON parent.room_id = item.room_id AND parent.id = item.reply_id
    LEFT JOIN here ON here.room_id = item.room_id AND here.id = item.reply_id
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last"""
_EXTEND_SPAN = """
    WITH longer AS (
        UPDATE imported_spans AS span SET last_seq = room.last_seq + :last - :before FROM rooms AS room
        WHERE room.id = :room AND span.room_id = room.id AND span.last_seq = room.last_seq RETURNING span.room_id)
    INSERT INTO imported_spans (room_id, first_seq, last_seq)
    SELECT id, last_seq + 1, last_seq + :last - :before FROM rooms
    WHERE id = :room AND NOT EXISTS (SELECT FROM longer)"""
_READ = """
    UPDATE memberships SET read_seq = room.last_seq + :last - :before FROM rooms AS room
    WHERE room.id = :room AND memberships.room_id = room.id AND memberships.read_seq = room.last_seq"""
_RAISE = """
    UPDATE rooms SET last_seq = last_seq + :last - :before, last_rev = last_rev + :last - :before WHERE id = :room"""
# When these two run, the messages are there, and `last_seq` is the number of the batch's last one.
_REACT = """
    INSERT INTO reactions (room_id, seq, emoji, user_id, created_at)
    SELECT room.id, room.last_seq - :last + item.n, given.emoji, given.user_id, min(given.at)
    FROM waiting AS item
    JOIN rooms AS room ON room.id = item.room_id
    JOIN staged ON staged.line = item.line AND staged.deleted_at IS NULL
    JOIN staged_reactions AS given ON given.room_id = item.room_id AND given.id = item.id
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last
    GROUP BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING"""
_ATTACH = """
    INSERT INTO attachments (room_id, seq, position, file_id)
    SELECT room.id, room.last_seq - :last + item.n, given.position, given.file_id
    FROM waiting AS item
    JOIN rooms AS room ON room.id = item.room_id
    JOIN staged ON staged.line = item.line AND staged.deleted_at IS NULL
    JOIN staged_files AS given ON given.room_id = item.room_id AND given.id = item.id
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last"""
# One transaction in one round trip; behind the lock each statement sees the present state. The last one is counted.
_BATCH = text("; ".join((_LOCK, _WRITE, _EXTEND_SPAN, _READ, _RAISE, _ATTACH, _REACT)))
# A reply that stands before its parent, by the source's clock or because it came with an import that ended in between:
# it is changed once its parent has a number.
_LATER = text("""
    SELECT FROM rooms WHERE id = :room FOR NO KEY UPDATE;
    WITH answer AS (
        SELECT own.seq, answered.seq AS parent, row_number() OVER (ORDER BY own.seq) AS place
        FROM late
        JOIN placed AS own ON own.room_id = late.room_id AND own.id = late.id
        JOIN placed AS answered ON answered.room_id = late.room_id AND answered.id = late.reply_id
        JOIN messages ON messages.room_id = own.room_id AND messages.seq = own.seq AND messages.reply_to IS NULL
        WHERE late.room_id = :room),
    changed AS (
        UPDATE messages SET reply_to = answer.parent, rev = rooms.last_rev + answer.place FROM answer, rooms
        WHERE rooms.id = :room AND messages.room_id = :room AND messages.seq = answer.seq RETURNING messages.seq)
    UPDATE rooms SET last_rev = last_rev + (SELECT count(*) FROM changed) WHERE id = :room
        AND EXISTS (SELECT FROM changed)""")


_COUNT = text("""
    SELECT (SELECT count(*) FROM waiting) AS messages, (
        SELECT count(DISTINCT (item.room_id, item.id, given.emoji, given.user_id)) FROM waiting AS item
        JOIN staged ON staged.line = item.line AND staged.deleted_at IS NULL
        JOIN staged_reactions AS given ON given.room_id = item.room_id AND given.id = item.id) AS reactions""")


class Written(Struct):
    """How much was written."""

    messages: int = 0
    reactions: int = 0


async def foresee(own: Own) -> Written:
    """How much `write` would write."""
    count = (await own.execute(_COUNT)).one()
    return Written(count.messages, count.reactions)


async def write(own: Own, bring: Bring | None, show: Callable[[int], None]) -> Written:
    """Write all that waits; how much that was. `show` gets how many messages were written after each batch.

    `own` is in no transaction. Where messages have files, `bring` keeps those of a batch before it is written.
    """
    written = Written()
    for room, count, is_late in (await own.execute(_ROOMS)).all():
        last = 0
        while last < count:
            first, last = last + 1, min(last + await _most(own, has_files=bring is not None), count)
            batch = {"room": room, "first": first, "last": last}
            if bring is not None:
                await bring(own, batch)
            written.reactions += await _write_batch(own, batch)
            written.messages += last - first + 1
            show(written.messages)
        if is_late:
            await own.execute(_LATER, {"room": room})
    return written


async def _most(own: Own, *, has_files: bool) -> int:
    """How many messages the next batch may have. Files take long, and `show` is called after a batch."""
    return FEW if has_files or (await own.execute(_SERVES, {"fresh_s": FRESH_S})).scalar_one() else MANY


async def _write_batch(own: Own, batch: dict[str, int]) -> int:
    """Write those with these numbers into a room, as one step for everybody who looks; how many reactions they have."""
    return (await own.execute(_BATCH, batch | {"before": batch["first"] - 1})).rowcount
