"""A statement whose parameters and rows travel as they are: for the bytes of files.

psycopg2 writes bytes as hexadecimal digits into the text of the statement, and gets them so, too: twice as many bytes,
which PostgreSQL parses and prints. libpq can do without, so here it is asked itself, for the connection that psycopg2
has opened. PQsendQueryParams and the others are described in PostgreSQL's manual, chapter "libpq - C Library".
"""

import asyncio
import ctypes
from collections.abc import Iterator, Mapping
from ctypes import c_char_p, c_int, c_uint, c_void_p
from typing import Any

import psycopg2
import psycopg2._psycopg
import psycopg2.errors
from sqlalchemy import ClauseElement

from app.db.driver.connection import Connection
from app.db.driver.dialect import PGDialect_aiopg

_libpq = ctypes.CDLL(psycopg2._psycopg.__file__)  # which has loaded it, wherever it is
_SQLSTATE = ord("C")  # of PQresultErrorField
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
        values = [given[name] for name in self._names]
        try:
            async with asyncio.timeout(conn.timeout):
                return await self._exchange(conn, conn.raw.pgconn_ptr, values)
        except (asyncio.CancelledError, TimeoutError):
            conn.close()  # the answer is still to come: whoever used it next would read it as their own
            raise

    async def _exchange(self, conn: Connection, pg: int, values: list[object]) -> list[Row]:
        turn = asyncio.Event()
        with conn.lent(turn.set) as watch_writing:
            if not _send(pg, self._text, len(values), *_arrays(values), 1):
                raise _lost(conn, pg)
            while (left := _flush(pg)) > 0:
                watch_writing(True)
                await _turn(conn, pg, turn)
            watch_writing(False)
            if left < 0:
                raise _lost(conn, pg)
            rows: list[Row] = []
            failure: psycopg2.Error | None = None
            while True:
                while _is_busy(pg):
                    await _turn(conn, pg, turn)
                if not (result := _result(pg)):
                    break
                try:
                    failure = _failure(result) or failure
                    rows.extend(_rows_of(result))
                finally:
                    _clear(result)
        if failure is not None:
            raise failure
        return rows


async def _turn(conn: Connection, pg: int, turn: asyncio.Event) -> None:
    """Wait for the socket, and read what is there: libpq could not write for ever to a server that waits for us."""
    await turn.wait()
    turn.clear()
    if conn.closed or not _consume(pg):
        raise _lost(conn, pg)


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
    code, message = _error_field(result, _SQLSTATE), _error_of(result).decode("utf-8", "replace")
    try:
        kind = psycopg2.errors.lookup(code.decode()) if code else psycopg2.OperationalError
    except KeyError:
        kind = psycopg2.DatabaseError
    error: psycopg2.Error = kind(message.strip())
    return error


def _lost(conn: Connection, pg: int) -> psycopg2.OperationalError:
    message = "" if conn.closed else _error(pg).decode("utf-8", "replace").strip()
    conn.close()
    return psycopg2.OperationalError(message or "the connection was lost")
