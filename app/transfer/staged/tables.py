"""The tables of an import's own session, in which messages wait and are sorted; nothing is left of them at its end.

`staged` has what was read, `line` by `line`; `here` what of it, and of what is answered, is in the chat already;
`waiting` what is not, each with its place in the room; `late` the answers that stand before what they answer; `gone`
what is to be deleted.
"""

TABLES = (
    """CREATE TEMPORARY TABLE staged (
        line bigint, room_id bigint, id uuid, client_id uuid, author_id bigint, at timestamptz, sorted_at timestamptz,
        place bigint, part integer, body text, reply_id uuid, edited_at timestamptz, deleted_at timestamptz)""",
    "CREATE TEMPORARY TABLE staged_reactions (room_id bigint, id uuid, emoji text, user_id bigint, at timestamptz)",
    """CREATE TEMPORARY TABLE staged_files (
        line bigint, room_id bigint, id uuid, position integer, place integer, file_id uuid, name text, alt text)""",
    # Parts of texts that were longer, or of messages that are deleted: those have no `edited_at`.
    "CREATE TEMPORARY TABLE staged_gone (room_id bigint, id uuid, edited_at timestamptz)",
)
# A newer export may name another author, as Slack does for what was deleted.
HERE = """
    CREATE TEMPORARY TABLE here AS
    SELECT DISTINCT ON (named.room_id, named.id) named.room_id, named.id, named.line, messages.seq
    FROM (
        SELECT room_id, id, client_id, author_id, line FROM staged
        UNION ALL SELECT room_id, reply_id, reply_id, NULL, NULL FROM staged WHERE reply_id IS NOT NULL
        UNION ALL SELECT room_id, id, id, NULL, NULL FROM staged_gone) AS named
    JOIN messages ON messages.room_id = named.room_id AND messages.client_id = named.client_id
    WHERE messages.room_id = ANY(CAST(:rooms AS bigint[])) AND (messages.author_id = named.author_id
        OR named.id = named.client_id
        AND messages.author_id IN (SELECT user_id FROM imported_people WHERE source = :source))
    ORDER BY named.room_id, named.id, named.line DESC NULLS LAST, messages.seq"""
# Parts of a text follow the first; where that came with an earlier import, they answer it.
WAITING = """
    CREATE TEMPORARY TABLE waiting AS
    SELECT once.room_id, once.id, once.line, once.author_id, once.client_id, once.part,
        CASE WHEN once.part = 0 OR EXISTS (
            SELECT FROM here WHERE here.room_id = once.room_id AND here.id = once.reply_id) THEN once.reply_id END
            AS reply_id,
        row_number() OVER (PARTITION BY room_id ORDER BY sorted_at, place, line) AS n
    FROM (
        SELECT DISTINCT ON (room_id, id)
            room_id, id, line, author_id, client_id, part, reply_id, sorted_at, place
        FROM staged ORDER BY room_id, id, line DESC) AS once
    WHERE NOT EXISTS (SELECT FROM here WHERE here.room_id = once.room_id AND here.id = once.id)"""
LATE = """
    CREATE TEMPORARY TABLE late AS
    SELECT reply.room_id, reply.id, reply.reply_id FROM waiting AS reply
    JOIN waiting AS parent ON parent.room_id = reply.room_id AND parent.id = reply.reply_id AND parent.n > reply.n
    UNION ALL
    SELECT here.room_id, here.id, staged.reply_id FROM here
    JOIN staged ON staged.line = here.line AND staged.reply_id IS NOT NULL AND staged.part = 0
    JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq AND messages.reply_to IS NULL"""
# What an export only has no more stays: it may be older than what is here, or a part.
GONE = """
    CREATE TEMPORARY TABLE gone AS
    SELECT messages.room_id, messages.seq, messages.author_id FROM here
    JOIN messages ON messages.room_id = here.room_id AND messages.seq = here.seq AND messages.deleted_at IS NULL
    LEFT JOIN staged ON staged.line = here.line
    LEFT JOIN staged_gone AS part ON part.room_id = here.room_id AND part.id = here.id
    WHERE staged.deleted_at IS NOT NULL
        OR part.id IS NOT NULL AND coalesce(part.edited_at, 'infinity') > coalesce(messages.edited_at, '-infinity')"""
ORPHANS = """
    SELECT count(DISTINCT (answer.room_id, answer.id)) FROM staged AS answer
    WHERE answer.reply_id IS NOT NULL AND answer.part = 0
        AND NOT EXISTS (SELECT FROM waiting WHERE waiting.room_id = answer.room_id AND waiting.id = answer.reply_id)
        AND NOT EXISTS (SELECT FROM here WHERE here.room_id = answer.room_id AND here.id = answer.reply_id)"""
READY = (
    "CREATE UNIQUE INDEX ON staged (line)",
    "ANALYZE staged, staged_reactions, staged_files, staged_gone",
    "SET LOCAL enable_nestloop = off",  # it would look for each message through all of a room
    HERE,
    "ANALYZE here",
    WAITING,
    "ANALYZE waiting",
    LATE,
    "SET LOCAL enable_nestloop = on",
    GONE,
    "CREATE UNIQUE INDEX ON waiting (room_id, n)",
    "CREATE UNIQUE INDEX ON waiting (room_id, id)",
    "CREATE INDEX ON here (room_id, id)",
    "CREATE INDEX ON staged_reactions (room_id, id)",
    """DELETE FROM staged_files WHERE EXISTS (
        SELECT FROM staged WHERE staged.room_id = staged_files.room_id AND staged.id = staged_files.id
        AND staged.line > staged_files.line)""",
    "CREATE INDEX ON staged_files (room_id, id)",
    # Where each message stands, once it is written.
    """CREATE TEMPORARY VIEW placed AS
        SELECT room_id, id, seq FROM here
        UNION ALL
        SELECT waiting.room_id, waiting.id, messages.seq FROM waiting
        JOIN messages ON messages.room_id = waiting.room_id AND messages.author_id = waiting.author_id
            AND messages.client_id = waiting.client_id""",
    "ANALYZE late, gone",
)
