"""A database that was migrated is the one that the schema in Python says, to the last CHECK and WHERE.

`alembic check` does not look at checks, conditions, methods and options of indexes; a dump has all of them.
"""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from app.db import migrate
from app.db.embedded import binaries
from app.db.embedded.unix_account import Account
from app.db.schema import metadata

# What no column or index of SQLAlchemy can say; the migrations say it, and the tables in a comment.
ONLY_MIGRATED = {"ALTER TABLE ONLY public.chunks ALTER COLUMN data SET STORAGE EXTERNAL"}
COUNTING = re.compile(r"(CREATE FUNCTION public\.count_|CREATE TRIGGER count AFTER .* EXECUTE FUNCTION public\.count_)")


_NOT_OF_SCHEMA = re.compile(r"--|SET |COMMENT ON SCHEMA |SELECT pg_catalog|\\(un)?restrict")

Dump = Callable[[], set[str]]


@pytest.fixture
def dumped(world_folder: Path, empty_url: str) -> Dump:
    """Dumps the database of `empty_url`."""
    tools = binaries.find(world_folder / "server", Account.choose(), print)
    return lambda: statements_of(tools / "pg_dump", empty_url)


def statements_of(pg_dump: Path, url: str) -> set[str]:
    """The statements of a dump, each table's lines in one order: a column that came later stands at the end."""
    options = ("--schema-only", "--no-owner", "--no-privileges", "--exclude-table=alembic_version")
    dump = subprocess.run([str(pg_dump), *options, url], capture_output=True, text=True, check=True).stdout
    lines = [line for line in dump.splitlines() if not _NOT_OF_SCHEMA.match(line)]
    statements = ("\n".join(lines)).split(";\n")
    return {_in_order(each) for each in statements if each.strip()}


def _in_order(statement: str) -> str:
    first, *rest = [line.strip().removesuffix(",") for line in statement.strip().splitlines()]
    return "\n".join([first, *sorted(rest)])


def test_a_migrated_database_is_the_one_that_the_schema_says(empty_url: str, dumped: Dump) -> None:
    migrate.upgrade(empty_url, print)
    migrated = dumped()
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
        metadata.create_all(conn)

    made = dumped()

    counting = {each for each in migrated - made if COUNTING.match(each)}
    assert migrated - made - counting == ONLY_MIGRATED
    assert len(counting) == 4  # a function and a trigger for each of two tables
    assert made - migrated == set()


@pytest.mark.parametrize(
    "drift",
    [
        "ALTER TABLE rooms DROP CONSTRAINT rooms_kind_check, ADD CONSTRAINT rooms_kind_check CHECK (kind <> '')",
        "DROP INDEX previews_due_at_idx; CREATE INDEX previews_due_at_idx ON previews (due_at)",
        "DROP INDEX audit_created_at_idx; CREATE INDEX audit_created_at_idx ON audit USING brin (created_at)",
        "ALTER INDEX search_terms_idx SET (fastupdate = off)",
    ],
)
def test_what_alembic_does_not_look_at_is_found(drift: str, empty_url: str, dumped: Dump) -> None:
    engine = engine_of(empty_url)
    metadata.create_all(engine)
    before = dumped()

    with engine.begin() as conn:
        conn.execute(text(drift))

    assert dumped() != before


def engine_of(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
