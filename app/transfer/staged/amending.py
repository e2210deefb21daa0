"""What a newer export says anew of messages that are here: later texts, and reactions.

A text is the one that was changed last, there or here; a reaction that was taken back here does not come again. As with
what is written, a batch is a transaction, which takes the room's next revs under its lock.
"""

from msgspec import Struct
from sqlalchemy import text

from app.chat.wire.commands import MAX_TEXT_CHARS
from app.transfer.staged.own import Own

BATCH = 1_000

_IS_NEW = """
    NOT EXISTS (
        SELECT FROM reactions WHERE reactions.room_id = here.room_id AND reactions.seq = here.seq
        AND reactions.emoji = given.emoji AND reactions.user_id = given.user_id)
    AND NOT EXISTS (
        SELECT FROM withdrawn_reactions AS taken WHERE taken.room_id = here.room_id AND taken.seq = here.seq
        AND taken.emoji = given.emoji AND taken.user_id = given.user_id)"""
FOUND = (
    f"""CREATE TEMPORARY TABLE amended AS
        SELECT here.room_id, here.id, here.seq, staged.body, staged.edited_at,
            row_number() OVER (PARTITION BY here.room_id ORDER BY here.seq) AS n
        FROM here JOIN staged ON staged.line = here.line AND staged.deleted_at IS NULL
        JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq AND messages.deleted_at IS NULL
        WHERE staged.edited_at > messages.edited_at OR (staged.edited_at IS NOT NULL AND messages.edited_at IS NULL)
            OR EXISTS (
                SELECT FROM staged_reactions AS given
                WHERE given.room_id = here.room_id AND given.id = here.id AND {_IS_NEW})""",  # noqa: S608
    "CREATE UNIQUE INDEX ON amended (room_id, n)",
    "ANALYZE amended",
)
_COUNT = text(f"""
    SELECT count(*) FILTER (WHERE here.edited_at IS NOT NULL
            AND (messages.edited_at IS NULL OR messages.edited_at < here.edited_at)) AS messages,
        coalesce(sum((
            SELECT count(DISTINCT (given.emoji, given.user_id)) FROM staged_reactions AS given
            WHERE given.room_id = here.room_id AND given.id = here.id AND {_IS_NEW})), 0) AS reactions
    FROM amended AS here JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq""")  # noqa: S608
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
_REACT = text(f"""
    INSERT INTO reactions (room_id, seq, emoji, user_id, created_at)
    SELECT messages.room_id, messages.seq, given.emoji, given.user_id, min(given.at)
    FROM amended AS here
    JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq AND messages.deleted_at IS NULL
    JOIN staged_reactions AS given ON given.room_id = here.room_id AND given.id = here.id
    WHERE here.room_id = :room AND here.n BETWEEN :first AND :last AND {_IS_NEW}
    GROUP BY 1, 2, 3, 4 ON CONFLICT DO NOTHING RETURNING seq""")  # noqa: S608
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


async def foresee(own: Own) -> Amended:
    """How much `amend` would change."""
    await _find(own)
    count = (await own.execute(_COUNT)).one()
    return Amended(count.messages, int(count.reactions))


async def amend(own: Own) -> Amended:
    """Change what is here already and was staged; `own` has the tables of `staging`, and is in no transaction."""
    amended = Amended()
    async with own.begin():
        await _find(own)
        counts = (await own.execute(_ROOMS)).all()
    for room, count in counts:
        for first in range(1, count + 1, BATCH):
            async with own.begin():
                await _amend_batch(own, amended, {"room": room, "first": first, "last": first + BATCH - 1})
    return amended


async def _find(own: Own) -> None:
    for statement in FOUND:
        await own.execute(text(statement))


async def _amend_batch(own: Own, amended: Amended, batch: dict[str, int]) -> None:
    room = {"room": batch["room"]}
    rev = (await own.execute(_LOCK, room)).scalar_one()
    edited = [*(await own.execute(_EDIT, batch | {"most": MAX_TEXT_CHARS})).scalars()]
    await own.execute(_FORGET_CALLS, room | {"seqs": edited})
    reacted = [*(await own.execute(_REACT, batch)).scalars()]
    # A quote is a part of the state of a message.
    quoting = (await own.execute(_QUOTING, room | {"seqs": edited})).scalars()
    changed = sorted({*edited, *reacted, *quoting})
    await own.execute(_NUMBER, room | {"seqs": changed, "rev": rev})
    await own.execute(_RAISE, room | {"rev": rev + len(changed)})
    amended.messages += len(edited)
    amended.reactions += len(reacted)
