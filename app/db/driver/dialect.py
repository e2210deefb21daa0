"""`postgresql+aiopg`: SQLAlchemy's PostgreSQL dialect on aiopg.

Job: let `create_async_engine` and its pool drive aiopg as they drive psycopg2, whose dialect this one extends. Owns the
settings of the next transaction of each connection; whether a transaction is open is libpq's to say. No engines, tables
or settings of the application here.
"""

import collections
from collections.abc import Sequence
from typing import Any

import aiopg
import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
from sqlalchemy.connectors.asyncio import (
    AsyncAdapt_dbapi_connection,
    AsyncAdapt_dbapi_cursor,
    AsyncAdapt_dbapi_module,
    AsyncAdapt_terminate,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.engine import URL
from sqlalchemy.util import immutabledict
from sqlalchemy.util.concurrency import await_

from app.db.driver.connection import Connection, Cursor, connect

FRESH_S = 1.0  # after an answer a connection is taken to live, unless it says otherwise: a round trip less
PING_TIMEOUT_S = 2.0  # a connection that does not answer within this is as good as closed, and so are its neighbours


def register() -> None:
    """Make URLs of the form `postgresql+aiopg://` known to SQLAlchemy; again does no harm."""
    registry.register("postgresql.aiopg", __name__, "PGDialect_aiopg")


class AsyncAdapt_aiopg_cursor(AsyncAdapt_dbapi_cursor):
    __slots__ = ("_total",)
    _awaitable_cursor_close = False
    _adapt_connection: "AsyncAdapt_aiopg_connection"
    _cursor: Any

    def _make_new_cursor(self, connection: Any) -> Any:
        self._total: int | None = None
        return self._adapt_connection.new_cursor()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor  # nothing to wait for, so no switch of greenlets

    @property
    def connection(self) -> "AsyncAdapt_aiopg_connection":
        return self._adapt_connection

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount if self._total is None else self._total

    def mogrify(self, operation: Any, parameters: Any = None) -> bytes:
        return self._cursor.raw.mogrify(operation, parameters)  # type: ignore[no-any-return]

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        async with self._adapt_connection._execute_mutex:
            await self._send(operation, parameters)
            if self._cursor.description is not None:  # empty for rows without columns
                self._rows = collections.deque(self._cursor.raw.fetchall())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Sequence[Any]) -> None:
        # psycopg2 has no executemany() in asynchronous mode; its synchronous one is this loop too.
        async with self._adapt_connection._execute_mutex:
            total = 0
            for parameters in seq_of_parameters:
                await self._send(operation, parameters)
                total += self._cursor.rowcount
            self._total = total

    async def _send(self, operation: Any, parameters: Any) -> None:
        begin = self._adapt_connection.begin_due()
        if begin and isinstance(operation, str):
            # One round trip for both. A statement that does not even parse leaves no transaction: none has begun.
            operation = f"{begin};{operation}"
        elif begin:
            await self._cursor.execute(begin)
        await self._cursor.execute(operation, parameters)


class AsyncAdapt_aiopg_connection(AsyncAdapt_terminate, AsyncAdapt_dbapi_connection):
    """One connection as SQLAlchemy sees it; its four settings apply from the next transaction on."""

    __slots__ = ("autocommit", "deferrable", "isolation_level", "readonly")
    _cursor_cls = AsyncAdapt_aiopg_cursor
    _connection: Any

    def __init__(self, dbapi: Any, connection: Any):
        super().__init__(dbapi, connection)
        self.autocommit = False
        self.isolation_level: str | None = None
        self.readonly = False
        self.deferrable = False

    @property
    def closed(self) -> bool:
        return bool(self._connection.closed)

    @property
    def notices(self) -> Any:
        return self._connection.notices

    def new_cursor(self) -> Any:
        return Cursor(self._connection, self._connection.timeout)

    def in_transaction(self) -> bool:
        # Asked of libpq, no round trip: a flag of our own could drift. A broken connection counts as in one, so that
        # COMMIT is tried and fails, rather than passing for done.
        return self._connection.raw.get_transaction_status() != psycopg2.extensions.TRANSACTION_STATUS_IDLE  # type: ignore[no-any-return]

    def begin_due(self) -> str:
        """The BEGIN to send before the next statement, empty if none is: psycopg2 sends none in asynchronous mode."""
        if self.autocommit or self.in_transaction():
            return ""
        level = f" ISOLATION LEVEL {self.isolation_level}" if self.isolation_level else ""
        return f"BEGIN{level}{' READ ONLY' if self.readonly else ''}{' DEFERRABLE' if self.deferrable else ''}"

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, command: str) -> None:
        if self.in_transaction():
            await_(self._end_async(command))

    async def _end_async(self, command: str) -> None:
        async with self._execute_mutex:
            cursor = self.new_cursor()
            await cursor.execute(command)
        if cursor.statusmessage != command:
            # PostgreSQL answers COMMIT in a failed transaction with ROLLBACK and no error: nothing was kept.
            raise psycopg2.errors.InFailedSqlTransaction("nothing was committed: the transaction had failed")

    async def ping(self) -> bool:
        """Whether the server answers soon, or did just now; does not open a transaction."""
        if self._connection.answered_within(FRESH_S):
            return True
        try:
            await Cursor(self._connection, PING_TIMEOUT_S).execute("SELECT 1")
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self._connection.close()

    async def _terminate_graceful_close(self) -> None:
        self._connection.close()

    def _terminate_force_close(self) -> None:
        self._connection.close()


class AsyncAdapt_aiopg_dbapi(AsyncAdapt_dbapi_module):
    """psycopg2 as SQLAlchemy sees it: its exceptions and types, and connections of our own."""

    def __init__(self) -> None:
        super().__init__(aiopg, dbapi_module=psycopg2)
        vars(self).update((name, value) for name, value in vars(psycopg2).items() if name != "connect")

    def connect(self, *args: Any, **options: Any) -> AsyncAdapt_aiopg_connection:
        creator = options.pop("async_creator_fn", connect)
        return await_(AsyncAdapt_aiopg_connection.create(self, creator(*args, **options)))


class PGDialect_aiopg(PGDialect_psycopg2):
    driver = "aiopg"
    is_async = True
    has_terminate = True
    supports_statement_cache = True
    supports_server_side_cursors = False  # psycopg2 has none in asynchronous mode
    # psycopg2 files these under InternalError, but they say what every OperationalError says: not here, not now.
    dbapi_exception_translation_map = immutabledict(
        ReadOnlySqlTransaction="OperationalError",
        IdleInTransactionSessionTimeout="OperationalError",
        TransactionTimeout="OperationalError",
    )

    def __init__(self, **options: Any):
        # SQLAlchemy converts hstore itself then, which spares each new connection a look-up.
        super().__init__(**{"use_native_hstore": False} | options)  # type: ignore[no-untyped-call]

    @classmethod
    def import_dbapi(cls) -> Any:
        return AsyncAdapt_aiopg_dbapi()

    def create_connect_args(self, url: URL) -> Any:
        args, options = super().create_connect_args(url)  # type: ignore[no-untyped-call]
        if "timeout" in options:
            options["timeout"] = float(options["timeout"])
        if self.client_encoding is not None:
            options["client_encoding"] = self.client_encoding
        return args, options | {"enable_hstore": False}

    def on_connect(self) -> Any:
        if self._json_deserializer is None:
            return None

        def register_json(connection: AsyncAdapt_aiopg_connection) -> None:
            for register in (psycopg2.extras.register_default_json, psycopg2.extras.register_default_jsonb):
                register(connection._connection.raw, loads=self._json_deserializer)

        return register_json

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        if not dbapi_connection.closed:  # its next statement shows a dead one, which SQLAlchemy can answer
            dbapi_connection.rollback()
        dbapi_connection.autocommit = level == "AUTOCOMMIT"
        dbapi_connection.isolation_level = None if level == "AUTOCOMMIT" else level

    def do_ping(self, dbapi_connection: Any) -> bool:
        return bool(await_(dbapi_connection.ping()))

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        """A server that has become a standby counts as lost: the next connection may find the new primary."""
        is_read_only = isinstance(e, psycopg2.errors.ReadOnlySqlTransaction)
        asked_for = getattr(connection, "readonly", False)
        return (is_read_only and not asked_for) or bool(super().is_disconnect(e, connection, cursor))  # type: ignore[no-untyped-call]

    def do_terminate(self, dbapi_connection: Any) -> None:
        dbapi_connection.terminate()

    def get_driver_connection(self, connection: Any) -> Connection:
        return connection._connection  # type: ignore[no-any-return]
