"""A thousand rooms with ten million messages in Parley's own tables, and four people who search in them."""

import io
import multiprocessing
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg2

from bench.search.town.batches import OURS, ROOMS, Plan, plan, rows

PEOPLE, PROCESSES = 2_000, 2
# The rooms of the searchers, by size.
MEMBERS = {1: slice(9, 10), 10: slice(3, 300, 30), 300: slice(0, 300 * OURS, OURS), ROOMS: slice(0, ROOMS)}

_EMPTY = "TRUNCATE messages CASCADE; DELETE FROM memberships; DELETE FROM users; DELETE FROM rooms WHERE id > 1"
_PEOPLE = """
INSERT INTO users (login, display_name, password_hash)
SELECT 'author' || n, 'Author ' || n, '' FROM generate_series(1, %s) n RETURNING id
"""
_ROOMS = "INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE SELECT n, 'Room ' || n FROM generate_series(2, %s) n"
_NEXT_ROOM = "SELECT setval(pg_get_serial_sequence('rooms', 'id'), %s)"
_SEARCHER = "INSERT INTO users (login, display_name, password_hash) VALUES (%s, %s, '') RETURNING id"
_MEMBER = "INSERT INTO memberships (room_id, user_id, read_seq) SELECT id, %s, last_seq FROM rooms WHERE id = ANY(%s)"
_HEADS = """
UPDATE rooms SET last_seq = heads.count, last_rev = heads.count
FROM unnest(%s::bigint[], %s::bigint[]) heads (room_id, count) WHERE id = room_id
"""
# No look at each row for whether its room and its author exist.
_TRUSTING = "SET session_replication_role = replica; SET synchronous_commit = off"
_COPY = "COPY messages (room_id, seq, rev, author_id, client_id, body, created_at) FROM STDIN"


def build(database_url: str, count: int, seed: int, show: Callable[[str], None]) -> None:
    """Write the town into a Parley of which nothing is kept but its first room."""
    whole = plan(count, seed)
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_EMPTY)
        cursor.execute(_PEOPLE, (PEOPLE,))
        authors = [id for (id,) in cursor.fetchall()]
        cursor.execute(_ROOMS, (ROOMS,))
        cursor.execute(_NEXT_ROOM, (ROOMS,))
    batches = range(len(whole.before) - 1)
    with multiprocessing.get_context("fork").Pool(PROCESSES, _begin, (database_url, whole, authors)) as pool:
        for done, _ in enumerate(pool.imap_unordered(_write, batches), 1):
            if done % 20 == 0 or done == len(batches):
                show(f"{whole.batch(done - 1).stop:,} of {count:,} messages")
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        ids = [*range(1, ROOMS + 1)]
        cursor.execute(_HEADS, (ids, whole.before[-1].tolist()))
        for rooms, places in MEMBERS.items():
            cursor.execute(_SEARCHER, (searcher(rooms), f"Member of {rooms}"))
            (id,) = cursor.fetchone()
            cursor.execute(_MEMBER, (id, ids[places]))


def searchers(database_url: str) -> dict[int, int]:
    """The ids of the four, by how many rooms they are in."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT login, id FROM users WHERE login = ANY(%s)", ([*map(searcher, MEMBERS)],))
        ids = dict(cursor.fetchall())
    return {rooms: ids[searcher(rooms)] for rooms in MEMBERS}


def searcher(rooms: int) -> str:
    """The login of the member of as many rooms."""
    return f"member-of-{rooms}"


_work: dict[str, Any] = {}  # of a process of the pool


def _begin(database_url: str, whole: Plan, authors: list[int]) -> None:
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(_TRUSTING)
    _work.update(cursor=cursor, plan=whole, authors=authors)


def _write(number: int) -> None:
    _work["cursor"].copy_expert(_COPY, io.StringIO(rows(_work["plan"], number, _work["authors"])))
