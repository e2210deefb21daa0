"""A statement whose parameters and rows travel as they are: for the bytes of files.

psycopg2 writes bytes as hexadecimal digits into the text of the statement, and gets them so, too: twice as many bytes,
which PostgreSQL parses and prints. libpq can do without, so here it is asked itself, for the connection that psycopg2
has opened. PQsendQueryParams and the others are described in PostgreSQL's manual, chapter "libpq - C Library".
"""

import asyncio
import ctypes
from collections.abc import Callable, Iterator, Mapping
from ctypes import c_char_p, c_int, c_uint, c_void_p
from typing import Any

import psycopg2
import psycopg2._psycopg
import psycopg2.errors
from sqlalchemy import ClauseElement

from app.db.driver.connection import Connection
from app.db.driver.dialect import PGDialect_aiopg

_libpq = ctypes.CDLL(psycopg2._psycopg.__file__)  # which has loaded it, wherever it is
_SQLSTATE, _MESSAGE = ord("C"), ord("M")  # of PQresultErrorField
_BYTEA = 17  # the OID of the type
_NUMBERS = (20, 21, 23)  # int8, int2, int4
_COMMAND_OK, _TUPLES_OK = 1, 2


def _function(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_libpq, name)
    function.restype, function.argtypes = result, arguments
    return function


_send = _function("PQsendQueryParams", c_int, c_void_p, c_char_p, c_int, *[c_void_p] * 4, c_int)
_flush = _function("PQflush", c_int, c_void_p)
_consume = _function("PQconsumeInput", c_int, c_void_p)
_is_busy = _function("PQisBusy", c_int, c_void_p)
_error = _function("PQerrorMessage", c_char_p, c_void_p)
_result = _function("PQgetResult", c_void_p, c_void_p)
_clear = _function("PQclear", None, c_void_p)
_status = _function("PQresultStatus", c_int, c_void_p)
_error_of = _function("PQresultErrorMessage", c_char_p, c_void_p)
_error_field = _function("PQresultErrorField", c_char_p, c_void_p, c_int)
_rows = _function("PQntuples", c_int, c_void_p)
_columns = _function("PQnfields", c_int, c_void_p)
_type = _function("PQftype", c_uint, c_void_p, c_int)
_is_null = _function("PQgetisnull", c_int, c_void_p, c_int, c_int)
_length = _function("PQgetlength", c_int, c_void_p, c_int, c_int)
_value = _function("PQgetvalue", c_void_p, c_void_p, c_int, c_int)

Row = tuple[Any, ...]


class Binary:
    """A statement with named parameters: bytes, and values that PostgreSQL reads from their text.

    Its columns are bytes and whole numbers.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=PGDialect_aiopg(paramstyle="numeric_dollar"))
        self._text = str(compiled).encode()
        self._names = compiled.positiontup
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    async def run(self, conn: Connection, parameters: Mapping[str, object]) -> list[Row]:
        """The rows. A transaction of its own, in one round trip.

        Raises:
            psycopg2.Error: or TimeoutError, after which the connection is closed.
        """
        given = {**self._constants, **parameters}
        if conn.closed:
            raise psycopg2.OperationalError("the connection is closed")
        exchange = _Exchange(conn)
        try:
            async with asyncio.timeout(conn.timeout):
                with conn.lent(exchange.wake) as watch_writing:
                    exchange.begin(self._text, [given[name] for name in self._names], watch_writing)
                    return await exchange.rows
        except (asyncio.CancelledError, TimeoutError):
            conn.close()  # the answer is still to come: whoever used it next would read it as their own
            raise


class _Exchange:
    """One statement on its way there, and its answer on the way back.

    The socket of a large answer becomes readable a dozen times. So all that needs no waiting is done right in the
    loop's callback; the task is woken once, when `rows` has its result.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn, self._pg = conn, conn.raw.pgconn_ptr
        self.rows: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self._got: list[Row] = []
        self._failure: psycopg2.Error | None = None
        self._is_sending = True

    def begin(self, text: bytes, values: list[object], watch_writing: Callable[[bool], None]) -> None:
        self._watch_writing = watch_writing
        if not _send(self._pg, text, len(values), *_arrays(values), 1):
            raise self._lost()
        watch_writing(True)

    def wake(self) -> None:
        """The socket can be read, or written to."""
        if self.rows.done():
            return
        try:
            # To send, we must read, too: libpq could not write for ever to a server that waits for us.
            if self._conn.closed or not _consume(self._pg):
                raise self._lost()
            if self._is_sending:
                self._send_on()
            if not self._is_sending and self._take():
                self.rows.set_result(self._got)
        except Exception as error:  # theirs who wait
            self.rows.set_exception(error)

    def _send_on(self) -> None:
        if (left := _flush(self._pg)) < 0:
            raise self._lost()
        if left == 0:
            self._is_sending = False
            self._watch_writing(False)

    def _take(self) -> bool:
        """Take the results that have come; whether those are all. Raises what the server said in place of one."""
        while not _is_busy(self._pg):
            if not (result := _result(self._pg)):
                if self._failure is not None:
                    raise self._failure
                return True
            try:
                self._failure = _failure(result) or self._failure
                self._got.extend(_rows_of(result))
            finally:
                _clear(result)
        return False

    def _lost(self) -> psycopg2.OperationalError:
        message = "" if self._conn.closed else _error(self._pg).decode("utf-8", "replace").strip()
        self._conn.close()
        return psycopg2.OperationalError(message or "the connection was lost")


def _arrays(values: list[object]) -> Iterator[Any]:
    """The types, values, lengths and formats, as C has them."""
    count = len(values)
    texts = [value if isinstance(value, bytes) else str(value).encode() for value in values]
    yield (c_uint * count)(*(_BYTEA if isinstance(value, bytes) else 0 for value in values))
    yield (c_char_p * count)(*texts)
    yield (c_int * count)(*map(len, texts))
    yield (c_int * count)(*(isinstance(value, bytes) for value in values))


def _rows_of(result: int) -> Iterator[Row]:
    columns = range(_columns(result))
    types = [_type(result, column) for column in columns]
    for row in range(_rows(result)):
        yield tuple(_cell(result, row, column, types[column]) for column in columns)


def _cell(result: int, row: int, column: int, type_: int) -> object:
    if _is_null(result, row, column):
        return None
    value = ctypes.string_at(_value(result, row, column), _length(result, row, column))
    if type_ in _NUMBERS:
        return int.from_bytes(value, "big", signed=True)
    if type_ != _BYTEA:
        raise TypeError(f"a column of the type {type_} cannot be read as it travels")
    return value


def _failure(result: int) -> psycopg2.Error | None:
    """What a result that is none says, as psycopg2 would raise it."""
    if _status(result) in (_COMMAND_OK, _TUPLES_OK):
        return None
    code, message = _error_field(result, _SQLSTATE), _error_field(result, _MESSAGE) or _error_of(result)
    try:
        kind = psycopg2.errors.lookup(code.decode()) if code else psycopg2.OperationalError
    except KeyError:
        kind = psycopg2.DatabaseError
    error: psycopg2.Error = kind(message.decode("utf-8", "replace").strip())
    return error
