#!/bin/sh
# Guess: connect_timeout=1 in the address ends the attempt to connect to a server that never answers.
# In fact: only where libpq connects by itself. With PQconnectPoll, which asynchronous drivers use, it counts for
# nothing.
# Versions: psycopg2 2.9.13 with libpq as in its wheel.
# Source: libpq's documentation, PQconnectStartParams ("the connect_timeout connection parameter is ignored when using
# PQconnectPoll").

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13

expect 'synchronous: gave up
asynchronous: still waiting after 6 seconds' <<'END'
import select
import socket
import time

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ

silent = socket.create_server(("127.0.0.1", 0))  # the kernel takes connections, nobody ever answers
address = f"host=127.0.0.1 port={silent.getsockname()[1]} connect_timeout=1 sslmode=disable"

try:
    psycopg2.connect(address)
except psycopg2.OperationalError as error:
    print("synchronous:", "gave up" if "timeout expired" in str(error) else error)

connection, end = psycopg2.connect(address, async_=True), time.monotonic() + 6
while time.monotonic() < end and (state := connection.poll()) != POLL_OK:
    wanted = ([connection], []) if state == POLL_READ else ([], [connection])
    select.select(*wanted, [], max(end - time.monotonic(), 0))
print("asynchronous:", "still waiting after 6 seconds" if state != POLL_OK else "connected")
END
