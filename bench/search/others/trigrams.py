"""`ILIKE '%…%'` with an index of trigrams, on the machine's own PostgreSQL: the embedded one has no pg_trgm."""

import io
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from app.db.embedded.unix_account import Account
from bench.search.others import BEGIN, MINE, PAGE, NotHere, Other, size_of
from bench.search.others.messages import members, messages
from bench.search.questions import Question

START_S = 60
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
    programs, account, home = _programs(), Account.choose(), folder / "own"
    home.mkdir()
    account.give(home)
    words = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=parley", "--no-sync"]
    if account.run([str(programs / "initdb"), *words, "-D", str(home / "data")]) != 0:
        raise NotHere(f"{programs}/initdb fails")
    options = {"listen_addresses": "", "unix_socket_directories": str(home), "shared_buffers": "64MB"}
    options |= {"fsync": "off", "autovacuum": "off", "max_wal_size": "16GB"}
    command = [str(programs / "postgres"), "-D", str(home / "data")]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with account.start(command, subprocess.DEVNULL, signal.SIGINT) as server:
        try:
            yield _until_it_answers(f"postgresql://parley@/postgres?host={home}")
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
            shutil.rmtree(home)


def _programs() -> Path:
    """Where the machine's newest PostgreSQL with pg_trgm is."""
    for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        extensions = Path("/usr/share/postgresql") / programs.parent.name / "extension"
        if (programs / "postgres").exists() and (extensions / "pg_trgm.control").exists():
            return programs
    raise NotHere("this machine has no PostgreSQL of its own with pg_trgm (Debian: apt install postgresql)")


def _until_it_answers(url: str) -> str:
    deadline = time.monotonic() + START_S
    while True:
        try:
            psycopg2.connect(url).close()
            return url
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
