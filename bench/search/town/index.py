"""The index of a town: taken away, or made at once, with the lines that the fill writes and the GIN over them.

So a town of ten million messages can be searched after minutes, where it is not the fill that is measured.
"""

import io
import multiprocessing
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2

from app.db import migrate
from app.search.index.statements import SEGMENT
from app.search.index.terms import terms_of
from bench.search.town.batches import END, LASTED

BEFORE_SEARCH = "0010"  # the last revision without it
PROCESSES, BLOCKS = 2, 4_000  # of a table, which are read at once
_LEFT = "SELECT sum(filled_seq - 1)::bigint FROM search_heads"
_BLOCKS = "SELECT pg_relation_size('messages') / current_setting('block_size')::bigint"
_READ = """
SELECT 1 + round(extract(epoch FROM created_at - %s) / %s)::bigint, room_id, seq, author_id, body
FROM messages WHERE ctid >= %s::tid AND ctid < %s::tid
"""
_COPY = "COPY search (number, room_id, seq, terms) FROM STDIN"
_GIN = "SELECT indexdef FROM pg_indexes WHERE indexname = 'search_terms_idx'"
_FASTER = "SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 1; SET synchronous_commit = off"
_SEGMENT = "INSERT INTO search_segments (segment, began) VALUES (%s, %s)"


def forget(database_url: str) -> None:
    """Take the index away and bring it back empty, as it is when Parley gets a search."""
    from alembic import command

    with migrate.transaction(database_url) as connection:
        config = migrate.settings()
        config.attributes[migrate.CONNECTION] = connection
        command.downgrade(config, BEFORE_SEARCH)
        command.upgrade(config, "head")


def left(database_url: str) -> int:
    """How many messages are still to be filled in."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(_LEFT)
        (count,) = cursor.fetchone()
        return int(count or 0)


def fill_at_once(database_url: str, count: int, show: Callable[[str], None]) -> None:
    """Index the `count` messages of a town to which nothing was posted since; its index must be empty."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(_BLOCKS)
        (blocks,) = cursor.fetchone()
        cursor.execute(_GIN)
        (definition,) = cursor.fetchone()
        cursor.execute("DROP INDEX search_terms_idx")
        cursor.execute("TRUNCATE search, search_segments")
        with multiprocessing.get_context("fork").Pool(PROCESSES, _begin, (database_url, count)) as pool:
            written = 0
            for lines in pool.imap_unordered(_write, range(0, blocks, BLOCKS)):
                written += lines
                show(f"{written:,} of {count:,} messages have their line in the index")
        cursor.execute(_FASTER)
        cursor.execute(definition)
        begun, each = END - LASTED, LASTED / count
        segments = [(segment, begun + each * (segment * SEGMENT)) for segment in range(count // SEGMENT + 1)]
        cursor.executemany(_SEGMENT, segments)
        cursor.execute("UPDATE search_heads SET filled_seq = 1")


_work: dict[str, Any] = {}  # of a process of the pool


def _begin(database_url: str, count: int) -> None:
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    each: timedelta = LASTED / count
    _work.update(cursor=cursor, begun=END - LASTED, each_s=each.total_seconds())


def _write(block: int) -> int:
    cursor = _work["cursor"]
    cursor.execute(_READ, (_work["begun"], _work["each_s"], f"({block},0)", f"({block + BLOCKS},0)"))
    rows = cursor.fetchall()
    lines = (
        f"{number}\t{room}\t{seq}\t{terms_of(room, author, body, (), has_reactions=False)}\n"
        for number, room, seq, author, body in rows
    )
    cursor.copy_expert(_COPY, io.StringIO("".join(lines)))
    return len(rows)
