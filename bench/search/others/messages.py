"""The messages of the town for others: read from Parley's table, numbered by their time."""

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import psycopg2

from bench.search.town.batches import END, LASTED

# The times are as far apart as `batches` puts them.
NUMBER = "round(extract(epoch FROM created_at - %(begun)s) / %(each)s)::bigint"
AT_ONCE = 20_000


class Message(NamedTuple):
    number: int
    room: int
    body: str


def numbering(count: int) -> dict[str, object]:
    """The parameters of `NUMBER` in a town of as many messages; those after `end` are not of the town."""
    return {"begun": END - LASTED, "each": (LASTED / count).total_seconds(), "end": END}


def messages(database_url: str, count: int) -> Iterator[list[Message]]:
    """All messages, some thousands at a time."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor("messages") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(f"SELECT {NUMBER}, room_id, body FROM messages WHERE created_at < %(end)s", numbering(count))
        while rows := cursor.fetchmany(AT_ONCE):
            yield [Message(*row) for row in rows]


def members(database_url: str) -> list[tuple[int, int]]:
    """Who is in which room: user, room."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT user_id, room_id FROM memberships")
        return [(user, room) for user, room in cursor.fetchall()]
