"""PostgreSQL's own full text search, as it is mostly used: whole words in a column, and one GIN over it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from bench.search.others import BEGIN, MINE, PAGE, Other, size_of
from bench.search.others.messages import NUMBER, numbering
from bench.search.questions import Question

_TABLE = (
    "DROP TABLE IF EXISTS plain",
    f"CREATE TABLE plain AS SELECT {NUMBER} AS number, room_id, seq, to_tsvector('simple', body) AS terms"
    " FROM messages WHERE created_at < %(end)s",
    "CREATE INDEX plain_terms_idx ON plain USING gin (terms)",
    "VACUUM ANALYZE plain",
)
_SEARCH = f"""
SELECT number, room_id, seq FROM plain WHERE terms @@ to_tsquery('simple', %(query)s) AND {MINE}
ORDER BY number DESC LIMIT %(page)s
"""


@contextmanager
def running(database_url: str, count: int, folder: Path) -> Iterator[list[Other]]:
    """The column in a table beside Parley's; it goes afterwards. `simple`: `english` does not find “in” at all."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(BEGIN)
        for statement in _TABLE:
            cursor.execute(statement, numbering(count))

        def ask(question: Question, user: int) -> int:
            cursor.execute(_SEARCH, {"query": _tsquery(question), "user": user, "page": PAGE})
            return len(cursor.fetchall())

        yield [Other("plain GIN", ask, size_of(cursor, "plain") / count)]
        cursor.execute("DROP TABLE plain")


def _tsquery(question: Question) -> str:
    return (" <-> " if question.is_phrase else " & ").join(word + ":*" * question.is_prefix for word in question.words)
