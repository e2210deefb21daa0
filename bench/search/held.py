"""The index of a running Parley, left as it is for a while: to see what it costs, and how far behind it falls."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

from app.search.index.writing import ADVISORY_LOCK


@contextmanager
def index_held(database_url: str) -> Iterator[None]:
    """Nobody writes to the index while the block lasts: we have the lock of those who do."""
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
            yield
