"""A connection of an import's own. Its statements wait in a thread: no driver copies rows in without blocking."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, NullPool, TextClause, create_engine, text
from sqlalchemy.exc import DBAPIError

Found = TypeVar("Found")

CONNECT_TIMEOUT_S = 10
# Sorting a million messages takes longer, and more memory, than a statement of somebody who waits for an answer may.
_SETTINGS = """
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET work_mem = '64MB';
    SET maintenance_work_mem = '64MB'"""


class Own:
    """One thing at a time; `begin` makes several of them a transaction, else each statement is one.

    So are several statements in one text, with a `;` between: they take one round trip.
    """

    def __init__(self, conn: Connection, thread: Executor) -> None:
        self._conn, self._thread = conn, thread

    async def execute(
        self, statement: TextClause, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement; all that it returns is here then."""
        return await self._waited(self._begun(lambda: self._conn.execute(statement, parameters)))

    def copy(self, tables: Mapping[str, Sequence[str]]) -> asyncio.Future[None]:
        """Begin to copy rows into tables, each a line of the text form of COPY; wait for it before the next thing."""

        def copy() -> None:
            for table, lines in tables.items():
                if lines:
                    rows = BytesIO("".join(lines).encode())
                    command = f"COPY {table} FROM STDIN (ENCODING 'utf8')"
                    self._conn.connection.cursor().copy_expert(command, rows)

        return asyncio.ensure_future(self._waited(self._begun(copy)))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        """A transaction, committed when the block ends well."""
        await self.execute(text("BEGIN"))
        try:
            yield
        except BaseException:
            with suppress(DBAPIError):  # what was wrong says more, and a lost connection rolls back, too
                await self.execute(text("ROLLBACK"))
            raise
        await self.execute(text("COMMIT"))

    def _begun(self, work: Callable[[], Found]) -> "asyncio.Future[Found]":
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _waited(self, working: "asyncio.Future[Found]") -> Found:
        """What blocks; whoever is cancelled meanwhile ends the statement."""
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            self._conn.connection.driver_connection.cancel()  # type: ignore[union-attr]
            await asyncio.wait([working])
            raise


@asynccontextmanager
async def own_connection(url: URL) -> AsyncIterator[Own]:
    """A connection that is closed at the end, with the tables of its session."""
    options = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "parley import"}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg2"),
        hide_parameters=True,
        connect_args=options,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with ThreadPoolExecutor(1, "import") as thread:
        conn = await asyncio.wrap_future(thread.submit(engine.connect))
        try:
            own = Own(conn, thread)
            await own.execute(text(_SETTINGS))
            yield own
        finally:
            await asyncio.wrap_future(thread.submit(conn.close))
