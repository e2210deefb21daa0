"""The least that it takes: Python's own `json` reads the export, and COPY writes the rows into tables without a key.

`python -m bench.bringing.bare DATABASE_URL FILE`
"""

import io
import json
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import psycopg2

AT_ONCE = 10_000
TABLES = """
CREATE TABLE bare_messages (room_id bigint, seq bigint, rev bigint, author_id bigint, client_id uuid, body text,
    created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, reply_to bigint);
CREATE TABLE bare_reactions (room_id bigint, seq bigint, emoji text, user_id bigint, created_at timestamptz)
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Copying:
    """Rows on their way into a table."""

    def __init__(self, cursor: Any, table: str) -> None:
        self._cursor, self._table, self._rows = cursor, table, list[str]()

    def add(self, *values: object) -> None:
        self._rows.append("\t".join("\\N" if each is None else str(each).translate(_ESCAPES) for each in values))
        if len(self._rows) >= AT_ONCE:
            self.end()

    def end(self) -> None:
        self._cursor.copy_expert(f"COPY {self._table} FROM STDIN", io.StringIO("\n".join([*self._rows, ""])))
        self._rows.clear()


def bring(url: str, path: str) -> int:
    """How many messages there were."""
    connection = psycopg2.connect(url)
    seqs: dict[tuple[int, str], int] = {}
    with connection, connection.cursor() as cursor, ZipFile(path) as packed:
        cursor.execute(TABLES)
        messages, reactions = Copying(cursor, "bare_messages"), Copying(cursor, "bare_reactions")
        rooms = {each["name"]: n for n, each in enumerate(json.loads(packed.read("channels.json")), 1)}
        lasts = dict.fromkeys(rooms.values(), 0)
        for name in packed.namelist():
            if "/" not in name:
                continue
            room = rooms[name.partition("/")[0]]
            for said in json.loads(packed.read(name)):
                seq = lasts[room] = lasts[room] + 1
                seqs[room, said["ts"]] = seq
                at, parent = _moment(said["ts"]), seqs.get((room, said.get("thread_ts", "")))
                messages.add(room, seq, seq, _number(said["user"]), uuid4(), said["text"], at, None, None, parent)
                for given in said.get("reactions", ()):
                    for user in given["users"]:
                        reactions.add(room, seq, "\U0001f44d", _number(user), at)
        messages.end()
        reactions.end()
    connection.close()
    return len(seqs)


def _number(user: str) -> int:
    return int(user[1:]) + 1


def _moment(ts: str) -> str:
    return datetime.fromtimestamp(float(ts), UTC).isoformat()


if __name__ == "__main__":
    print(bring(*sys.argv[1:3]))
