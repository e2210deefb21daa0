"""What the tests of `db/` do to a server: look on, block, cut off; and a gateway that counts what passes."""

import asyncio
import contextlib
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, func, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.support.load import PATIENCE_S

SCHEMA = "dialect_tests"
LOCK = 4711
things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("name", String, unique=True))


class Gateway:
    """A TCP port in front of the server's Unix socket; counts the queries that pass."""

    def __init__(self, url: str) -> None:
        self.queries = 0
        self._url = make_url(url)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Gateway":
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, host: str = "127.0.0.1") -> Any:
        return self._url.set(host=host, port=self.port).difference_update_query(["host", "port"])

    async def _join(self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter) -> None:
        path = f"{self._url.query['host']}/.s.PGSQL.{self._url.query['port']}"
        reader, writer = await asyncio.open_unix_connection(path)
        for source, sink, counted in ((client_reader, writer, True), (reader, client_writer, False)):
            self._tasks.add(asyncio.create_task(self._pass(source, sink, counted)))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, counted: bool) -> None:
        with contextlib.suppress(ConnectionError), contextlib.closing(sink):
            while chunk := await source.read(65536):
                self.queries += counted and chunk.startswith(b"Q")
                sink.write(chunk)
                await sink.drain()


async def pid_of(conn: AsyncConnection) -> int:
    return int((await conn.execute(select(func.pg_backend_pid()))).scalar_one())


async def kill(other: AsyncConnection, pid: int) -> None:
    """End a backend; returns when it is gone."""
    assert (await other.execute(select(func.pg_terminate_backend(pid, PATIENCE_S * 1000)))).scalar_one()


async def until_gone(other: AsyncConnection, pid: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await other.execute(text("SELECT FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid})).all():
            pass


async def until_waiting(other: AsyncConnection, pid: int) -> None:
    """Return once the backend waits for a lock."""
    waits = text("SELECT FROM pg_locks WHERE pid = :pid AND NOT granted")
    async with asyncio.timeout(PATIENCE_S):
        while not (await other.execute(waits, {"pid": pid})).all():
            pass


async def names(conn: AsyncConnection) -> list[str]:
    return list((await conn.execute(select(things.c.name).order_by(things.c.id))).scalars())


async def blocked_task(engine: AsyncEngine, other: AsyncConnection) -> tuple[int, asyncio.Task[None]]:
    """A task whose statement waits for `other` to `unblock`, and the process id of its backend."""
    await other.execute(select(func.pg_advisory_lock(LOCK)))
    known: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        async with engine.begin() as conn:
            known.set_result(await pid_of(conn))
            await conn.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))

    task = asyncio.create_task(wait())
    pid = await known
    await until_waiting(other, pid)
    return pid, task


async def unblock(other: AsyncConnection) -> None:
    await other.execute(select(func.pg_advisory_unlock_all()))
