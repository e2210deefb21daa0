"""Rooms with thousands of members and millions of messages, written into the database by itself."""

from collections.abc import Callable

import psycopg2

_ROOM = "INSERT INTO rooms (name) SELECT 'Room ' || n FROM generate_series(1, %(count)s) n RETURNING id"
_MEMBERS = """
WITH people AS (
    INSERT INTO users (login, display_name, password_hash)
    SELECT 'm' || %(room)s || '-' || n, 'Member ' || n, '' FROM generate_series(1, %(count)s) n RETURNING id
)
INSERT INTO memberships (room_id, user_id) SELECT %(room)s, id FROM people
"""
_JOIN = "INSERT INTO memberships (room_id, user_id) SELECT %(room)s, unnest(%(people)s::bigint[])"
_MESSAGES = """
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
SELECT %(room)s, n, n, %(author)s, gen_random_uuid(), 'Message ' || n || ' of many: ' || md5(n::text)
FROM generate_series(%(first)s, %(last)s) n
"""
_HEAD = "UPDATE rooms SET last_seq = %(count)s, last_rev = %(count)s WHERE id = %(room)s"
_READ = "UPDATE memberships SET read_seq = %(count)s WHERE room_id = %(room)s"
AT_ONCE = 200_000


class Town:
    """Builds; whoever has an account by now is a member of every room that it makes."""

    def __init__(self, database_url: str, show: Callable[[str], None]) -> None:
        self._show = show
        self._connection = psycopg2.connect(database_url)
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT id FROM users ORDER BY id")
            self._people = [id for (id,) in cursor.fetchall()]

    def room(self, *, members: int = 0, history: int = 0) -> int:
        """A room with as many members beside ourselves and as many messages; its id."""
        with self._connection.cursor() as cursor:
            cursor.execute(_ROOM, {"count": 1})
            (room,) = cursor.fetchone()
            cursor.execute(_JOIN, {"room": room, "people": self._people})
            cursor.execute(_MEMBERS, {"room": room, "count": members})
        self.fill(room, history)
        return int(room)

    def fill(self, room: int, count: int) -> None:
        """As many messages in an empty room; everyone has read them."""
        with self._connection.cursor() as cursor:
            for first in range(1, count + 1, AT_ONCE):
                last = min(count, first + AT_ONCE - 1)
                cursor.execute(_MESSAGES, {"room": room, "author": self._people[0], "first": first, "last": last})
                self._show(f"{last:,} of {count:,} messages")
            for statement in (_HEAD, _READ):
                cursor.execute(statement, {"room": room, "count": count})

    def rooms(self, count: int) -> None:
        """As many rooms that nobody is in."""
        with self._connection.cursor() as cursor:
            cursor.execute(_ROOM, {"count": count})

    def settle(self) -> None:
        """Let PostgreSQL look at what came, as it would by itself in time."""
        with self._connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
