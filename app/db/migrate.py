"""Brings the database to the newest revision that this code has, one process at a time."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, NullPool, create_engine, exc, inspect, make_url, text

from app.base.errors import BadConfig

# Alembic is imported where something is migrated: who finds the database at `head` starts without it.
if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent.parent
CONNECTION = "connection"  # where migrations/env.py finds the one to use
ADVISORY_LOCK = 0x5041524C4559  # "PARLEY"
LOCK_TIMEOUT_S, CONNECT_TIMEOUT_S = 5, 10
AGAIN_S = 0.1
OLDEST_POSTGRES, NEWEST_TRIED = 14, 18
ENCODING = "UTF8"


def upgrade(url: str, report: Callable[[str], None]) -> None:
    """Bring the database at `url` to `head()`: all of it, or nothing but what `stages.py` runs apart.

    Raises:
        BadConfig: it cannot be reached, is unfit or newer than this code, lacks a right, or a table stays locked.
    """
    report("Bringing the tables up to date")
    with transaction(url) as connection:
        if revision_of(connection) != head():
            _refuse_without_right_to_create(connection)
            _upgrade(connection)


@cache
def head() -> str:
    """The newest revision that this code has: the file of a migration begins with its number."""
    return max(path.name.partition("_")[0] for path in (ROOT / "migrations/versions").glob("*.py"))


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """A transaction beside which no other migration runs; committed when the block ends well.

    The wait for another migration has no limit, the wait for a table has one: everybody else would wait behind it.
    The lock is asked for again and again. A statement that waits for it would hold a snapshot, for whose end
    `CREATE INDEX CONCURRENTLY` waits in turn; so would a transaction that keeps it, were it not READ COMMITTED.

    Raises:
        BadConfig: the database cannot be reached or used, or a table stayed locked.
    """
    options = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "parley migration"}
    try:
        engine = create_engine(
            psycopg2_url(url), poolclass=NullPool, connect_args=options, isolation_level="READ COMMITTED"
        )
        with engine.connect() as connection:
            with connection.begin():
                refuse_unfit(connection)
            while True:
                with connection.begin():
                    if connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK}):
                        connection.execute(text("SET LOCAL statement_timeout = 0"))
                        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_S * 1000:.0f}"))
                        yield connection
                        return
                time.sleep(AGAIN_S)
    except exc.DBAPIError as error:
        raise BadConfig(sentence_of(error)) from error


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables; None where there are none of Parley's."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    config = settings()
    config.attributes[CONNECTION] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise BadConfig(str(error)) from error


def refuse_newer(context: "MigrationContext", script: "ScriptDirectory") -> None:
    """Refuse a database at a revision that this code does not have.

    Raises:
        BadConfig: a newer Parley has migrated it.
    """
    known = {revision.revision for revision in script.walk_revisions()}
    for revision in context.get_current_heads():
        if revision not in known:
            raise BadConfig(
                f"The database is newer than this Parley: it is at revision {revision}, this code ends at "
                f"{script.get_current_head()}. Run the Parley that made it, or a newer one; nothing was changed."
            )


def refuse_unfit(connection: Connection) -> None:
    """Refuse a server that is too old, and a database that cannot keep all characters; warn of a newer server.

    Raises:
        BadConfig
    """
    version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST_POSTGRES:
        raise BadConfig(f"Parley needs PostgreSQL {OLDEST_POSTGRES} or newer; this one is {version}.")
    if version > NEWEST_TRIED:
        log.warning("PostgreSQL %d is newer than any that Parley was tried with: %d", version, NEWEST_TRIED)
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != ENCODING:
        raise BadConfig(
            f"The database is in {encoding}, which cannot keep all that people write. Make another one with: "
            f"CREATE DATABASE … ENCODING '{ENCODING}' TEMPLATE template0."
        )


def _refuse_without_right_to_create(connection: Connection) -> None:
    row = connection.execute(text("SELECT current_schema() AS schema, current_user AS account")).one()
    may = text("SELECT has_schema_privilege(:schema, 'CREATE')")
    if row.schema is None or not connection.scalar(may, {"schema": row.schema}):
        schema = row.schema or "public"
        raise BadConfig(
            f"The account {row.account} may not create tables in the schema {schema}. As the owner of the database: "
            f"GRANT CREATE, USAGE ON SCHEMA {schema} TO {row.account}."
        )


def psycopg2_url(url: str) -> URL:
    """The address as SQLAlchemy's synchronous engine takes it.

    Raises:
        BadConfig: it is none.
    """
    try:
        return make_url(url).set(drivername="postgresql+psycopg2")
    except (exc.ArgumentError, ValueError):
        raise BadConfig("DATABASE_URL: must look like postgresql://user:password@host:5432/name") from None


def sentence_of(error: exc.DBAPIError) -> str:
    """Why the database cannot be used, for whoever starts Parley."""
    if getattr(error.orig, "pgcode", None) == "55P03":
        return (
            f"The database was not migrated: others kept a table locked for more than {LOCK_TIMEOUT_S} s. "
            "What was begun is undone; please try again."
        )
    reason = " ".join(str(error.orig).split())
    return f"The database of DATABASE_URL (of DATABASE_DIRECT_URL, where that is set) cannot be used: {reason}"


def settings() -> "Config":
    """Alembic's own configuration."""
    from alembic.config import Config

    return Config(ROOT / "alembic.ini")
