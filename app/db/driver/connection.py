"""One connection to PostgreSQL through aiopg, mended where its release 1.4.0 loses an error or its socket.

Job: open a connection without ever blocking the event loop, and hand on every answer and every error of the server as
what it is. No SQLAlchemy here; that is `dialect.py`'s.
"""

import asyncio
import math
import select
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiopg
import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, STATUS_READY

CONNECT_TIMEOUT_S = 5.0
STATEMENT_TIMEOUT_S = 60.0


class Cursor(aiopg.Cursor):
    """One that is gone with its last reference, and its statement and rows with it.

    aiopg's makes a transaction that points back to it, begun or not: a cycle, which waits for the garbage collector.
    """

    def __init__(self, connection: "Connection", timeout_s: float) -> None:
        super().__init__(connection, connection.raw.cursor(), timeout_s, connection.echo)
        del self._transaction


class Connection(aiopg.Connection):
    """aiopg's connection; to be opened by `connect`. `info` is for whoever uses it to remember something of it."""

    info: dict[str, Any]
    _answered_at = -math.inf
    _conn: Any
    _fileno: Any
    _loop: Any
    _notifies: Any
    _waiter: Any

    async def fetch(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement; its rows.

        Raises:
            psycopg2.Error: or TimeoutError, after which the connection is closed.
        """
        cursor = Cursor(self, self.timeout)
        await cursor.execute(statement, parameters)
        return cursor.raw.fetchall() if cursor.description is not None else []

    async def next_payload(self) -> str:
        """The payload of the next notification. Of those that came together the later ones are there at once.

        Raises:
            psycopg2.Error: the connection is lost.
        """
        if self._notifies.empty():
            return str((await self.notifies.get()).payload)
        return str(self._notifies.get_nowait().payload)

    def answered_within(self, seconds: float) -> bool:
        """Whether the server did so and has sent nothing since, such as that it is gone. Asks the kernel alone."""
        if self._fileno is None or self._loop.time() - self._answered_at > seconds:
            return False
        poll = select.poll()
        poll.register(self._fileno, select.POLLIN)
        return not poll.poll(0)

    @staticmethod
    def _ready(weak_self: Any) -> None:
        self = weak_self()
        if self is None:
            return
        try:
            aiopg.Connection._ready(weak_self)
        except ValueError as error:
            # After any error, one of SQL too, aiopg looks at the socket with select(), which refuses descriptors from
            # 1024 on: on a server with many sockets a unique violation would hang until the timeout.
            self._report(error.__context__ or error)

    @contextmanager
    def lent(self, wake: Callable[[], None]) -> Iterator[Callable[[bool], None]]:
        """Lend the socket to whoever asks libpq itself: `wake` is called when it can be read, in place of aiopg.

        What is yielded sets whether it is called, too, when the socket can be written to.
        """
        loop = self._loop

        def watch_writing(on: bool) -> None:
            if self._fileno is not None:
                loop.add_writer(self._fileno, wake) if on else loop.remove_writer(self._fileno)

        loop.add_reader(self._fileno, wake)
        try:
            yield watch_writing
        finally:
            watch_writing(False)
            if self._fileno is not None:  # not closed meanwhile
                loop.add_reader(self._fileno, self._ready, self._weakref)

    def take_notifications(self) -> None:
        """Take up the notifications that came right behind an answer.

        libpq has read them together with it, so the socket will not become readable for them, and aiopg would find them
        with the next answer only.
        """
        self._ready(self._weakref)

    def _report(self, error: Any) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        if self._conn.closed:
            self.close()

    async def _poll(self, waiter: Any, timeout: float) -> None:
        # Unlike aiopg's, lets the server's "canceling statement" through as the error it is, not as CancelledError.
        try:
            async with asyncio.timeout(timeout):
                if self._conn.status == STATUS_READY:
                    self._ready(self._weakref)
                    await waiter
                else:
                    await self._establish()
            self._answered_at = self._loop.time()
        except (asyncio.CancelledError, TimeoutError):
            # The answer is still to come: whoever used this connection next would read it as their own.
            self.close()
            raise
        finally:
            self._waiter = None

    async def _establish(self) -> None:
        # While connecting libpq may go on to another socket (next host, other SSL mode), often under the same number;
        # aiopg would go on watching the closed one.
        self._waiter.cancel()  # nobody waits for it
        self._loop.remove_reader(self._fileno)
        self._fileno = None
        while (state := self._conn.poll()) != POLL_OK:
            await self._socket_ready(state)
        self._fileno = self._conn.fileno()
        self._loop.add_reader(self._fileno, self._ready, self._weakref)

    async def _socket_ready(self, state: int) -> None:
        descriptor, ready = self._conn.fileno(), asyncio.Event()
        watch = self._loop.add_reader if state == POLL_READ else self._loop.add_writer
        watch(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)

    def _close(self) -> None:
        if self._loop.is_closed():  # left to the garbage collector: nothing is registered any more
            self._conn.close()
        else:
            super()._close()
        self._fileno = None  # another socket may have it by now: pools close twice, and that must not stop its reader


async def connect(dsn: str | None = None, *, timeout: float = STATEMENT_TIMEOUT_S, **options: Any) -> Connection:
    """Open a connection; `timeout` is for each statement on it, in seconds.

    Takes libpq's options. `connect_timeout` (seconds, 0: none) is kept here: libpq ignores it in asynchronous mode.

    Raises:
        psycopg2.OperationalError: no server was reached in time, or it refused.
    """
    limit_s = float(options.get("connect_timeout", CONNECT_TIMEOUT_S))
    try:
        async with asyncio.timeout(limit_s if limit_s > 0 else None):
            connection = Connection(dsn, timeout, **await _with_addresses(options))
            connection.info = {}
            await connection
    except TimeoutError:
        raise psycopg2.OperationalError("connection to server failed: timeout expired") from None
    return connection


async def _with_addresses(options: dict[str, Any]) -> dict[str, Any]:
    """Add `hostaddr` for the hosts named in `options`: libpq's own look-up would block the event loop."""
    if not options.get("host") or "hostaddr" in options:
        return options
    hosts = options["host"].split(",")
    ports = str(options.get("port", "")).split(",")
    found: list[tuple[str, str, str]] = []
    failure: OSError | None = None
    for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True):
        try:
            found += [(host, port, address) for address in await _addresses(host)]
        except OSError as error:  # another host may be known
            failure = error
    if not found:
        raise psycopg2.OperationalError(f"could not translate host name: {options['host']}: {failure}") from failure
    names, numbers, addresses = (",".join(column) for column in zip(*found, strict=True))
    return options | {"host": names, "port": numbers, "hostaddr": addresses}


async def _addresses(host: str) -> list[str]:
    if not host or host.startswith(("/", "@")):
        return [""]  # a Unix socket
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
