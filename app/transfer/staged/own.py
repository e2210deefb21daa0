"""A connection of an import's own. Its statements wait in a thread: no driver copies rows in without blocking."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, NullPool, TextClause, create_engine, text

Found = TypeVar("Found")

CONNECT_TIMEOUT_S = 10
# Sorting a million messages takes longer, and more memory, than a statement of somebody who waits for an answer may.
_SETTINGS = """
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET work_mem = '64MB';
    SET maintenance_work_mem = '64MB'"""


class Own:
    """One thing at a time; `begin` makes several of them a transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def execute(
        self, statement: TextClause, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement; all that it returns is here then."""
        return await self._waited(lambda: self._conn.execute(statement, parameters))

    async def copy(self, table: str, lines: Sequence[str]) -> None:
        """Copy rows into a table, each a line of the text form of COPY."""
        if lines:
            rows = BytesIO("".join(lines).encode())
            command = f"COPY {table} FROM STDIN (ENCODING 'utf8')"
            await self._waited(lambda: self._conn.connection.cursor().copy_expert(command, rows))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        """A transaction, committed when the block ends well."""
        try:
            yield
        except BaseException:
            await self._waited(self._conn.rollback)
            raise
        await self._waited(self._conn.commit)

    async def _waited(self, work: Callable[[], Found]) -> Found:
        """What blocks; whoever is cancelled meanwhile ends the statement."""
        task = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._conn.connection.driver_connection.cancel()  # type: ignore[union-attr]
            await asyncio.wait([task])
            raise


@asynccontextmanager
async def own_connection(url: URL) -> AsyncIterator[Own]:
    """A connection that is closed at the end, with the tables of its session."""
    options = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "parley import"}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg2"), hide_parameters=True, connect_args=options, poolclass=NullPool
    )
    conn = await asyncio.to_thread(engine.connect)
    try:
        own = Own(conn)
        async with own.begin():
            await own.execute(text(_SETTINGS))
        yield own
    finally:
        await asyncio.to_thread(conn.close)
