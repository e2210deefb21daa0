"""`ILIKE '%…%'` with an index of trigrams, on the machine's own PostgreSQL: the embedded one has no pg_trgm."""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from bench.search.others import BEGIN, MINE, PAGE, NotHere, Other, size_of
from bench.search.others.messages import members, messages
from bench.search.questions import Question
from tests.db import clusters

_TABLES = (
    "CREATE TABLE memberships (user_id bigint, room_id bigint, PRIMARY KEY (user_id, room_id))",
    "CREATE TABLE messages (number bigint, room_id bigint, body text)",
)
_INDEXES = (
    "CREATE EXTENSION pg_trgm",
    "CREATE INDEX messages_number_idx ON messages (number)",
    "CREATE INDEX messages_body_idx ON messages USING gin (body gin_trgm_ops)",
    "VACUUM ANALYZE",
)


@contextmanager
def running(database_url: str, count: int, folder: Path) -> Iterator[list[Other]]:
    """Copy the town to a cluster of the machine's own PostgreSQL, which is made in `folder` and goes afterwards.

    Raises:
        NotHere: the machine has none, or it lacks pg_trgm.
    """
    with _server(folder) as url, closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(BEGIN)
        for statement in _TABLES:
            cursor.execute(statement)
        _copy(cursor, "memberships", members(database_url))
        for some in messages(database_url, count):
            _copy(cursor, "messages", some)
        for statement in _INDEXES:
            cursor.execute(statement)

        def ask(question: Question, user: int) -> int:
            texts = [" ".join(question.words)] if question.is_phrase else question.words
            asked = {"user": user, "page": PAGE} | {f"text{n}": f"%{text}%" for n, text in enumerate(texts)}
            match = " AND ".join(f"body ILIKE %(text{n})s" for n in range(len(texts)))
            cursor.execute(
                f"SELECT number FROM messages WHERE {match} AND {MINE} ORDER BY number DESC LIMIT %(page)s", asked
            )
            return len(cursor.fetchall())

        yield [Other("pg_trgm, ILIKE", ask, size_of(cursor, "messages") / count)]


def _copy(cursor: Any, table: str, rows: Sequence[Sequence[object]]) -> None:
    lines = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(lines))


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A cluster of the machine's own PostgreSQL; the address of its database."""
    try:
        with clusters.cluster(_programs(), folder / "own", max_wal_size="16GB") as url:
            yield url
    except clusters.DoesNotRun as error:
        raise NotHere(str(error)) from None


def _programs() -> Path:
    """Where the machine's newest PostgreSQL with pg_trgm is."""
    for programs in clusters.machines_own():
        extensions = Path("/usr/share/postgresql") / programs.parent.name / "extension"
        if (extensions / "pg_trgm.control").exists():
            return programs
    raise NotHere("this machine has no PostgreSQL of its own with pg_trgm (Debian: apt install postgresql)")
