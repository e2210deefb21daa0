"""A statement whose bytes travel as they are: what comes back, what goes wrong, and that psycopg2 goes on as before."""

import asyncio
import random
from collections.abc import AsyncIterator

import psycopg2
import psycopg2.errors
import pytest
from sqlalchemy import (
    BigInteger,
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config
from app.db.driver.binary import Binary
from app.db.driver.connection import Connection
from app.db.driver.engine import make_engine
from app.db.driver.kept import direct
from app.db.schema import instance

BYTES = bindparam("bytes", type_=LargeBinary)
NUMBER = bindparam("number", type_=BigInteger)
ECHO = Binary(select(cast(BYTES, LargeBinary), cast(NUMBER, BigInteger), func.octet_length(BYTES)))
LARGE = random.Random(1).randbytes(3_000_000)


@pytest.fixture
async def engine(config: Config) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(config, size=1, ping=False)
    yield engine
    await engine.dispose()


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[Connection]:
    async with direct(engine) as conn:
        yield conn


@pytest.mark.parametrize("given", [b"", b"\0", bytes(range(256)), b"\\x00'", LARGE])
async def test_bytes_come_back_as_they_went(conn: Connection, given: bytes) -> None:
    for number in (0, -1, 2**63 - 1, -(2**63)):
        assert await ECHO.run(conn, {"bytes": given, "number": number}) == [(given, number, len(given))]


async def test_rows_come_in_their_order_and_what_is_null_is_none(conn: Connection) -> None:
    numbers = Binary(select(func.generate_series(1, cast(NUMBER, BigInteger)).label("n")))
    nothing = Binary(select(cast(null(), LargeBinary), cast(null(), BigInteger)))

    assert await numbers.run(conn, {"number": 1000}) == [(n,) for n in range(1, 1001)]
    assert await numbers.run(conn, {"number": 0}) == []
    assert await nothing.run(conn, {}) == [(None, None)]


async def test_psycopg2_goes_on_with_the_same_connection(conn: Connection) -> None:
    for number in range(3):
        await ECHO.run(conn, {"bytes": LARGE, "number": number})
        assert await conn.fetch("SELECT %(n)s", {"n": number}) == [(number,)]


async def test_notifications_that_come_meanwhile_are_not_lost(conn: Connection) -> None:
    await conn.fetch("LISTEN parley_test")
    ring = Binary(select(cast(func.length(cast(func.pg_notify("parley_test", "here"), Text)), BigInteger)))

    await ring.run(conn, {})
    await conn.fetch("SELECT 1")

    assert (await asyncio.wait_for(conn.notifies.get(), 5)).payload == "here"


async def test_an_error_of_the_server_is_raised_as_psycopg2_does(conn: Connection) -> None:
    wrong = Binary(select(literal_column("1") / cast(NUMBER, BigInteger)))

    with pytest.raises(psycopg2.errors.DivisionByZero, match="division by zero"):
        await wrong.run(conn, {"number": 0})
    assert await ECHO.run(conn, {"bytes": b"a", "number": 1}) == [(b"a", 1, 1)]


async def test_a_violated_constraint_leaves_the_connection(engine: AsyncEngine) -> None:
    twice = Binary(instance.insert().from_select(["id"], select(instance.c.id)))

    with pytest.raises(IntegrityError):
        async with direct(engine) as conn:
            await twice.run(conn, {})
    assert not conn.closed


async def test_a_column_that_is_neither_bytes_nor_a_number_is_refused(conn: Connection) -> None:
    with pytest.raises(TypeError):
        await Binary(select(cast(literal("a"), Text))).run(conn, {})


async def test_who_gives_up_leaves_no_answer_to_the_next(engine: AsyncEngine) -> None:
    slow = Binary(select(cast(func.octet_length(cast(func.pg_sleep(10), Text)), BigInteger)))

    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with direct(engine) as conn, asyncio.timeout(0.05):
                await slow.run(conn, {})
        assert conn.closed
        async with direct(engine) as conn:
            assert await ECHO.run(conn, {"bytes": b"a", "number": 1}) == [(b"a", 1, 1)]


async def test_a_connection_that_the_server_ends_is_an_error_and_closed(conn: Connection) -> None:
    end = Binary(select(cast(func.length(cast(func.pg_terminate_backend(func.pg_backend_pid()), Text)), BigInteger)))

    with pytest.raises(psycopg2.Error):
        await end.run(conn, {})
    with pytest.raises(psycopg2.Error):
        await ECHO.run(conn, {"bytes": b"a", "number": 1})
    assert conn.closed


async def test_a_statement_that_is_larger_than_the_socket_takes_and_answers_before_it_is_read(conn: Connection) -> None:
    many = Binary(union_all(*(select(cast(BYTES, LargeBinary)) for _ in range(3))))

    assert await many.run(conn, {"bytes": LARGE}) == [(LARGE,)] * 3
