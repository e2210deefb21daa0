"""What of a database is looked at before anything is served from it; each fault is a sentence that says what to do."""

import logging

from sqlalchemy import Connection, NullPool, create_engine, exc, text

from app.base.errors import BadConfig
from app.db import migrate
from app.db.schema import metadata

log = logging.getLogger(__name__)

_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_LIMITS = text(
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int "
    "- coalesce(current_setting('reserved_connections', true), '0')::int AS server, rolconnlimit AS role, "
    "(SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database, pg_backend_pid() AS pid "
    "FROM pg_roles WHERE rolname = current_user"
)
_MISSING = text(
    "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL AND NOT ("
    "has_table_privilege(quote_ident(name), 'SELECT') AND has_table_privilege(quote_ident(name), 'INSERT') AND "
    "has_table_privilege(quote_ident(name), 'UPDATE') AND has_table_privilege(quote_ident(name), 'DELETE')) "
    "ORDER BY name"
)


def refuse_unfit(url: str, connections: int) -> None:
    """Refuse a migrated database that this account may not write, or that has too few connections.

    `connections` is how many all our processes open at most.

    Raises:
        BadConfig: the sentence says what is missing, and how to give it.
    """
    options = {"connect_timeout": migrate.CONNECT_TIMEOUT_S, "application_name": "parley start"}
    try:
        engine = create_engine(migrate.psycopg2_url(url), poolclass=NullPool, connect_args=options)
        with engine.connect() as connection:
            migrate.refuse_unfit(connection)
            _refuse_without_rights(connection)
            _refuse_few_connections(connection, connections)
    except exc.DBAPIError as error:
        raise BadConfig(migrate.sentence_of(error)) from error


def _refuse_without_rights(connection: Connection) -> None:
    missing = connection.scalars(_MISSING, {"names": [*metadata.tables]}).all()
    if missing:
        account = connection.scalar(text("SELECT current_user"))
        raise BadConfig(
            f"The account {account} may not read and write all tables of Parley: {', '.join(missing)}. As their owner: "
            f"GRANT {_RIGHTS} ON ALL TABLES IN SCHEMA public TO {account}."
        )


def _refuse_few_connections(connection: Connection, needed: int) -> None:
    limits = connection.execute(_LIMITS).one()
    driver = connection.connection.driver_connection
    if driver is None or driver.info.backend_pid != limits.pid:
        return  # a pooler answers in between, whose limits we do not see
    allowed = {
        "the server (max_connections, less what it reserves)": limits.server,
        "this account (ALTER ROLE … CONNECTION LIMIT)": limits.role,
        "this database (ALTER DATABASE … CONNECTION LIMIT)": limits.database,
    }
    for whose, most in allowed.items():
        if 0 <= most < needed:
            raise BadConfig(
                f"Parley may open {needed} connections to PostgreSQL, and {whose} allows {most}. Set DB_POOL or "
                "WEB_CONCURRENCY lower, or raise the limit: each process takes DB_POOL + 2."
            )
