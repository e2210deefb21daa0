"""What a newer export says anew of messages that are here: later texts, and reactions.

A text is the one that was changed last, there or here. Deletions there delete nothing here. As with what is written,
a batch is a transaction, which takes the room's next revs under its lock.
"""

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.wire.commands import MAX_TEXT_CHARS

BATCH = 1_000

FOUND = (
    """CREATE TEMPORARY TABLE here AS
        SELECT DISTINCT ON (staged.room_id, staged.id)
            staged.room_id, staged.id, messages.seq, staged.body, staged.edited_at
        FROM staged JOIN messages ON messages.room_id = staged.room_id AND messages.author_id = staged.author_id
            AND messages.client_id = staged.client_id AND messages.deleted_at IS NULL
        WHERE staged.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM waiting WHERE waiting.room_id = staged.room_id AND waiting.id = staged.id)
        ORDER BY staged.room_id, staged.id, staged.read DESC""",
    """CREATE TEMPORARY TABLE amended AS
        SELECT here.*, row_number() OVER (PARTITION BY here.room_id ORDER BY here.seq) AS n
        FROM here JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq
        WHERE here.edited_at > messages.edited_at OR (here.edited_at IS NOT NULL AND messages.edited_at IS NULL)
            OR EXISTS (
                SELECT FROM staged_reactions AS given
                WHERE given.room_id = here.room_id AND given.id = here.id AND NOT EXISTS (
                    SELECT FROM reactions WHERE reactions.room_id = here.room_id AND reactions.seq = here.seq
                    AND reactions.emoji = given.emoji AND reactions.user_id = given.user_id))""",
    "CREATE UNIQUE INDEX ON amended (room_id, n)",
    "ANALYZE amended",
)
_ROOMS = text("SELECT room_id, max(n) FROM amended GROUP BY room_id ORDER BY room_id")
_LOCK = text("SELECT last_rev FROM rooms WHERE id = :room FOR NO KEY UPDATE")
# The names of files that did not come stand in the text, as they did.
_EDIT = text("""
    UPDATE messages SET edited_at = here.edited_at, body = left(concat_ws(E'\\n', nullif(here.body, ''), (
        SELECT string_agg('[' || given.name || ']', E'\\n' ORDER BY given.position) FROM staged_files AS given
        WHERE given.room_id = here.room_id AND given.id = here.id AND NOT EXISTS (
            SELECT FROM attachments WHERE attachments.room_id = here.room_id AND attachments.seq = here.seq
            AND attachments.position = given.position))), :most)
    FROM amended AS here
    WHERE here.room_id = :room AND here.n BETWEEN :first AND :last
        AND messages.room_id = here.room_id AND messages.seq = here.seq AND messages.deleted_at IS NULL
        AND here.edited_at IS NOT NULL AND (messages.edited_at IS NULL OR messages.edited_at < here.edited_at)
    RETURNING messages.seq""")
_FORGET_CALLS = text("DELETE FROM mentions WHERE room_id = :room AND seq = ANY(:seqs)")
_REACT = text("""
    INSERT INTO reactions (room_id, seq, emoji, user_id, created_at)
    SELECT messages.room_id, messages.seq, given.emoji, given.user_id, min(given.at)
    FROM amended AS here
    JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq AND messages.deleted_at IS NULL
    JOIN staged_reactions AS given ON given.room_id = here.room_id AND given.id = here.id
    WHERE here.room_id = :room AND here.n BETWEEN :first AND :last
    GROUP BY 1, 2, 3, 4 ON CONFLICT DO NOTHING RETURNING seq""")
_QUOTING = text("SELECT seq FROM messages WHERE room_id = :room AND reply_to = ANY(:seqs)")
_NUMBER = text("""
    UPDATE messages SET rev = :rev + changed.place
    FROM unnest(CAST(:seqs AS bigint[])) WITH ORDINALITY AS changed (seq, place)
    WHERE messages.room_id = :room AND messages.seq = changed.seq""")
_RAISE = text("UPDATE rooms SET last_rev = :rev WHERE id = :room")


class Amended(Struct):
    """How much was changed."""

    messages: int = 0
    reactions: int = 0


async def amend(conn: AsyncConnection) -> Amended:
    """Change what is here already and was staged; `conn` has the tables of `staging`, and is in no transaction."""
    amended = Amended()
    async with conn.begin():
        for statement in FOUND:
            await conn.execute(text(statement))
        counts = (await conn.execute(_ROOMS)).all()
    for room, count in counts:
        for first in range(1, count + 1, BATCH):
            async with conn.begin():
                await _amend_batch(conn, amended, {"room": room, "first": first, "last": first + BATCH - 1})
    return amended


async def _amend_batch(conn: AsyncConnection, amended: Amended, batch: dict[str, int]) -> None:
    room = {"room": batch["room"]}
    rev = (await conn.execute(_LOCK, room)).scalar_one()
    edited = [*await conn.scalars(_EDIT, batch | {"most": MAX_TEXT_CHARS})]
    await conn.execute(_FORGET_CALLS, room | {"seqs": edited})
    reacted = [*await conn.scalars(_REACT, batch)]
    # A quote is a part of the state of a message.
    changed = sorted({*edited, *reacted, *await conn.scalars(_QUOTING, room | {"seqs": edited})})
    await conn.execute(_NUMBER, room | {"seqs": changed, "rev": rev})
    await conn.execute(_RAISE, room | {"rev": rev + len(changed)})
    amended.messages += len(edited)
    amended.reactions += len(reacted)
