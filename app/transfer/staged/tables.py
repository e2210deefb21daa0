"""The tables of an import's own session, in which messages wait and are sorted; nothing is left of them at its end."""

import uuid
from datetime import datetime

import msgspec
from sqlalchemy import text

TABLES = (
    """CREATE TEMPORARY TABLE staged (
        room_id bigint, id uuid, client_id uuid, author_id bigint, at timestamptz, sorted_at timestamptz, place bigint,
        read bigint, part integer, body text, reply_id uuid, edited_at timestamptz, deleted_at timestamptz)""",
    "CREATE TEMPORARY TABLE staged_reactions (room_id bigint, id uuid, emoji text, user_id bigint, at timestamptz)",
    """CREATE TEMPORARY TABLE staged_files (
        room_id bigint, id uuid, read bigint, position integer, place integer, file_id uuid, name text, alt text)""",
)
STAGE = text("""
    INSERT INTO staged SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row(
        room_id bigint, id uuid, client_id uuid, author_id bigint, at timestamptz, sorted_at timestamptz, place bigint,
        read bigint, part integer, body text, reply_id uuid, edited_at timestamptz, deleted_at timestamptz)""")
STAGE_REACTIONS = text("""
    INSERT INTO staged_reactions SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row(
        room_id bigint, id uuid, emoji text, user_id bigint, at timestamptz)""")
STAGE_FILES = text("""
    INSERT INTO staged_files SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row(
        room_id bigint, id uuid, read bigint, position integer, place integer, file_id uuid, name text, alt text)""")
# `n` numbers what is not here yet in each room, in the order of the source's own time.
READY = (
    """CREATE TEMPORARY TABLE waiting AS
        SELECT once.*, row_number() OVER (PARTITION BY room_id ORDER BY sorted_at, place, read, part) AS n
        FROM (SELECT DISTINCT ON (room_id, id) * FROM staged ORDER BY room_id, id, read DESC) AS once
        WHERE NOT EXISTS (
            SELECT FROM messages WHERE messages.room_id = once.room_id AND messages.author_id = once.author_id
            AND messages.client_id = once.client_id)""",
    "CREATE UNIQUE INDEX ON waiting (room_id, n)",
    "CREATE UNIQUE INDEX ON waiting (room_id, id)",
    "CREATE INDEX ON staged (room_id, id)",
    "CREATE INDEX ON staged_reactions (room_id, id)",
    """DELETE FROM staged_files WHERE EXISTS (
        SELECT FROM staged WHERE staged.room_id = staged_files.room_id AND staged.id = staged_files.id
        AND staged.read > staged_files.read)""",
    "CREATE INDEX ON staged_files (room_id, id)",
    "ANALYZE staged, waiting, staged_reactions, staged_files",
)


class Row(msgspec.Struct, frozen=True):
    """A row of `staged`.

    Attributes:
        id: by which replies and reactions find it; made of source, room and key.
        client_id: that of the message here.
        sorted_at, place, read, part: its order; `read` numbers all that was read, `part` the parts of a long text.
    """

    room_id: int
    id: uuid.UUID
    client_id: uuid.UUID
    author_id: int
    at: datetime
    sorted_at: datetime
    place: int
    read: int
    part: int
    body: str
    reply_id: uuid.UUID | None
    edited_at: datetime | None
    deleted_at: datetime | None


class ReactionRow(msgspec.Struct, frozen=True):
    """A row of `staged_reactions`."""

    room_id: int
    id: uuid.UUID
    emoji: str
    user_id: int
    at: datetime


class FileRow(msgspec.Struct, frozen=True):
    """A row of `staged_files`: `id` and `read` are those of the message, `place` is where the spool opens the bytes."""

    room_id: int
    id: uuid.UUID
    read: int
    position: int
    place: int
    file_id: uuid.UUID
    name: str
    alt: str
