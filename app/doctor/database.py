"""Whether a database is fit for Parley, one statement a question. Synchronous: to be called beside the loop."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, exc, text

from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import migrate
from app.doctor.finding import Finding, look, mend, ok
from app.pulse import refusing
from app.pulse.statements import DURABILITY

SKEWED_S = 2.0
NOTED_SINCE = 150_000  # the version of an order of letters, in the database

_ENCRYPTED = "SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
_IS_NEAR = "SELECT inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'"
_LOCALE = """
    SELECT datcollate, CASE WHEN datcollversion IS NULL THEN true
    ELSE datcollversion = pg_database_collation_actual_version(oid) END AS is_same
    FROM pg_database WHERE datname = current_database()
"""
_SYNCHRONOUS = "SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), count(*) FROM pg_stat_replication"
_LAG = "SELECT coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0)"
_BUDGET = """
    SELECT least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int,
        nullif(rolconnlimit, -1), nullif((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1))
    FROM pg_roles WHERE rolname = current_user
"""


def findings(config: DatabaseConfig, url: str, processes: int, *, is_own: bool) -> Iterator[Finding]:
    """What is so of the database at `url`; the first only, where it cannot be reached.

    Args:
        processes: how many of ours serve.
        is_own: it is the embedded one, which no two versions serve at once.
    """
    try:
        with connected(url) as connection:
            yield ok("database", f"PostgreSQL answers, as the account {_one(connection, 'SELECT current_user')}.")
            for check in (_version, _encryption, _durability, _encoding, _locale, _migrations, _clock, _standbys):
                yield from _tried(check, connection)
            yield from _tried(lambda each: _connections(each, config, url, processes, is_own=is_own), connection)
    except BadConfig as error:
        yield mend("database", error.message, "Start the server, or mend DATABASE_URL.")
    if config.database_replica_url is not None:
        yield _replica(config.database_replica_url.get_secret_value())


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection in autocommit.

    Raises:
        BadConfig: the database cannot be reached or used.
    """
    options = {"connect_timeout": migrate.CONNECT_TIMEOUT_S, "application_name": "parley doctor"}
    engine = create_engine(
        migrate.psycopg2_url(url), poolclass=NullPool, connect_args=options, isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            yield connection
    except exc.DBAPIError as error:
        raise BadConfig(migrate.sentence_of(error)) from error


def _tried(check: Callable[[Connection], Finding], connection: Connection) -> Iterator[Finding]:
    """What a check finds; nothing where this server keeps it for itself."""
    try:
        yield check(connection)
    except exc.ProgrammingError as error:
        name = check.__name__.lstrip("_")
        yield look(name, "The server does not say it.", f"The account may not ask: {' '.join(str(error.orig).split())}")


def _one(connection: Connection, statement: str) -> Any:
    return connection.scalar(text(statement))


def _version(connection: Connection) -> Finding:
    major = int(_one(connection, "SHOW server_version_num")) // 10_000
    found = f"PostgreSQL {_one(connection, 'SHOW server_version')}."
    if major < migrate.OLDEST_POSTGRES:
        return mend("version", found, f"Parley needs {migrate.OLDEST_POSTGRES} or newer: upgrade the server.")
    if major > migrate.NEWEST_TRIED:
        return look("version", found, f"The newest that Parley was tried with is {migrate.NEWEST_TRIED}.")
    return ok("version", found)


def _encryption(connection: Connection) -> Finding:
    if _one(connection, _ENCRYPTED):
        return ok("TLS", "The connection is encrypted.")
    if _one(connection, _IS_NEAR):
        return ok("TLS", "The server is on this machine, so nothing passes a network.")
    return mend("TLS", "The connection to another machine is not encrypted.", "Set PGSSLMODE=require.")


def _durability(connection: Connection) -> Finding:
    off = [name for name in DURABILITY if _one(connection, f"SHOW {name}") == "off"]
    if off:
        return mend(
            "durability",
            f"{', '.join(off)} {'are' if len(off) > 1 else 'is'} off: a crash loses what Parley said it keeps.",
            f"ALTER SYSTEM SET {off[0]} = on; SELECT pg_reload_conf().",
        )
    return ok("durability", "What is acknowledged is on the disk.")


def _encoding(connection: Connection) -> Finding:
    encoding = _one(connection, "SHOW server_encoding")
    if encoding == migrate.ENCODING:
        return ok("encoding", f"{encoding}.")
    how = f"Make a new one: CREATE DATABASE … ENCODING '{migrate.ENCODING}' TEMPLATE template0."
    return mend("encoding", f"{encoding}, which cannot keep all that people write.", how)


def _locale(connection: Connection) -> Finding:
    if int(_one(connection, "SHOW server_version_num")) < NOTED_SINCE:
        return ok("locale", f"{_one(connection, 'SHOW lc_collate')}; this PostgreSQL does not note of which version.")
    row = connection.execute(text(_LOCALE)).one()
    if row.is_same:
        return ok("locale", f"{row.datcollate}, as when the database was made.")
    return mend(
        "locale",
        f"The machine's C library orders {row.datcollate} otherwise than when the database was made, so that an index "
        "may not find what is there.",
        "REINDEX DATABASE; then ALTER DATABASE … REFRESH COLLATION VERSION.",
    )


def _migrations(connection: Connection) -> Finding:
    found, ours = migrate.revision_of(connection), migrate.head()
    if found == ours:
        return ok("tables", f"At revision {ours}, as this code needs them.")
    if found is not None and found > ours:
        return look("tables", f"At revision {found}, which is newer than this code ({ours}).", "Run the newer Parley.")
    return mend("tables", f"At revision {found or 'none'}; this code needs {ours}.", "Run: python -m app migrate.")


def _clock(connection: Connection) -> Finding:
    skew_s = abs(float(_one(connection, "SELECT extract(epoch FROM clock_timestamp())")) - time.time())
    if skew_s <= SKEWED_S:
        return ok("clock", "This machine and the database have the same time.")
    how = "Have both set by NTP (timedatectl set-ntp true): codes of apps depend on it."
    return look("clock", f"This machine and the database differ by {skew_s:.0f} s.", how)


def _standbys(connection: Connection) -> Finding:
    asked = _one(connection, "SHOW synchronous_standby_names")
    synchronous, standbys = connection.execute(text(_SYNCHRONOUS)).one()
    if asked and not synchronous:
        how = "Start the standby, or empty synchronous_standby_names and reload."
        return mend("standbys", f"No standby of “{asked}” answers, so every commit waits.", how)
    if standbys and not synchronous:
        how = "Set synchronous_standby_names: a failover may lose what was acknowledged last."
        return look("standbys", f"{standbys} standby{'s' if standbys > 1 else ''}, none of them synchronous.", how)
    return ok("standbys", f"{synchronous} synchronous." if synchronous else "None.")


def _connections(connection: Connection, config: DatabaseConfig, url: str, processes: int, *, is_own: bool) -> Finding:
    needed = processes * (config.db_pool + 2)
    try:
        refusing.refuse_unfit(url, needed)
    except BadConfig as error:
        return mend("rights and connections", error.message, "As it says.")
    most = int(_one(connection, _BUDGET) or 0)
    if not is_own and most < 2 * needed + 1:
        return look(
            "rights and connections",
            f"Parley takes {needed} connections, and twice that while a new version starts; {most} are allowed.",
            "Set DB_POOL or WEB_CONCURRENCY lower, or raise the limit.",
        )
    return ok("rights and connections", f"Parley takes {needed} connections of {most}, and has the rights it needs.")


def _replica(url: str) -> Finding:
    try:
        with connected(url) as connection:
            if not _one(connection, "SELECT pg_is_in_recovery()"):
                return look("replica", "DATABASE_REPLICA_URL names no replica.", "Name one, or leave it out.")
            lag_s = float(
                _one(connection, "SELECT coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0)")
            )
            return ok("replica", f"It answers; what it replayed last was written {lag_s:,.0f} s ago.")
    except BadConfig as error:
        return look("replica", error.message, "History comes from DATABASE_URL meanwhile. Start the replica.")
