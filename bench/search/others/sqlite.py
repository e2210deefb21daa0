"""SQLite FTS5 with the porter stemmer, as Campfire asks it: all hits by their time, then those of one's rooms."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.search.others import PAGE, Other
from bench.search.others.messages import members, messages
from bench.search.questions import Question

_TABLES = """
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
PRAGMA cache_size = -262144;
CREATE TABLE messages (id INTEGER PRIMARY KEY, room_id INTEGER, created_at INTEGER);
CREATE TABLE memberships (user_id INTEGER, room_id INTEGER, PRIMARY KEY (user_id, room_id)) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (body, tokenize = 'porter unicode61', content = '');
"""
_SEARCH = """
SELECT messages.id FROM messages JOIN search ON messages.id = search.rowid
WHERE search.body MATCH ? AND messages.room_id IN (SELECT room_id FROM memberships WHERE user_id = ?)
ORDER BY messages.created_at DESC LIMIT ?
"""
# FTS5 can give its hits by their number, the highest first, and stop.
_SEARCH_BY_ROWID = _SEARCH.replace("messages.created_at", "search.rowid")


@contextmanager
def running(database_url: str, count: int, folder: Path) -> Iterator[list[Other]]:
    """Index the town in a file of `folder`: the usual statement, and one that stops at its page."""
    path = folder / "search.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(_TABLES)
        database.execute("BEGIN")
        database.executemany("INSERT INTO memberships VALUES (?, ?)", members(database_url))
        for some in messages(database_url, count):
            database.executemany("INSERT INTO search (rowid, body) VALUES (?, ?)", ((n, body) for n, _, body in some))
            database.executemany("INSERT INTO messages VALUES (?, ?, ?)", ((n, room, n) for n, room, _ in some))
        database.execute("COMMIT")
        database.execute("INSERT INTO search (search) VALUES ('optimize')")
        database.execute("ANALYZE")

        def asking(statement: str):
            return lambda question, user: len(database.execute(statement, (_match(question), user, PAGE)).fetchall())

        size = path.stat().st_size / count
        yield [
            Other("SQLite FTS5, by time", asking(_SEARCH), size),
            Other("SQLite FTS5, by rowid", asking(_SEARCH_BY_ROWID), size),
        ]


def _match(question: Question) -> str:
    if question.is_phrase:
        return f'"{" ".join(question.words)}"'
    return " ".join(f'"{word}"{"*" * question.is_prefix}' for word in question.words)
