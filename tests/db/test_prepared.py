"""A prepared statement: once a connection, with the types of its parameters and what is constant in it."""

import asyncio
from collections.abc import AsyncIterator

import psycopg2
import pytest
from sqlalchemy import ARRAY, BigInteger, Engine, Text, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config
from app.db.driver.engine import make_engine
from app.db.driver.kept import direct
from app.db.driver.prepared import Prepared, run_in_turn
from app.db.schema import instance
from tests.support.sockets import until

WORD, NUMBERS = bindparam("word", type_=Text), bindparam("numbers", type_=ARRAY(BigInteger))
STATEMENT = Prepared(select(func.left(WORD, 3), func.array_length(NUMBERS, 1), WORD))


@pytest.fixture
async def engine(config: Config) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(config)
    yield engine
    await engine.dispose()


async def test_it_is_prepared_by_its_first_run_and_takes_other_values_each_time(engine: AsyncEngine) -> None:
    async with direct(engine) as conn:
        assert await STATEMENT.run(conn, {"word": "parley", "numbers": [1, 2]}) == [("par", 2, "parley")]
        assert await STATEMENT.run(conn, {"word": "100 % '", "numbers": []}) == [("100", None, "100 % '")]

        names = await conn.fetch("SELECT name, generic_plans FROM pg_prepared_statements")

    assert names == [(STATEMENT.texts.name, 2)]


async def test_it_may_have_no_parameters(engine: AsyncEngine) -> None:
    statement = Prepared(select(func.current_database()))
    async with direct(engine) as conn:
        assert await statement.run(conn, {}) == await statement.run(conn, {}) == [(engine.url.database,)]


def test_it_is_compiled_by_its_first_run_and_not_by_a_start() -> None:
    assert "texts" not in vars(Prepared(select(WORD)))


async def test_each_connection_of_a_pool_has_its_own_and_keeps_it(engine: AsyncEngine) -> None:
    parameters = {"word": "parley", "numbers": [1]}
    for _ in range(2):
        async with direct(engine) as first, direct(engine) as second:
            for conn in (first, second):
                assert await STATEMENT.run(conn, parameters) == [("par", 1, "parley")]
                assert await conn.fetch("SELECT count(*) FROM pg_prepared_statements") == [(1,)]


async def test_without_preparing_the_answer_is_the_same(engine: AsyncEngine) -> None:
    async with direct(engine) as conn:
        conn.info[STATEMENT.texts.name] = STATEMENT.whole

        assert await STATEMENT.run(conn, {"word": "parley", "numbers": [7]}) == [("par", 1, "parley")]
        assert await conn.fetch("SELECT count(*) FROM pg_prepared_statements") == [(0,)]


async def test_in_turn_each_sees_what_the_one_before_it_has_waited_for(engine: AsyncEngine, database: Engine) -> None:
    lock = Prepared(select(instance.c.id).where(WORD != "").with_for_update())
    read = Prepared(select(instance.c.name, WORD))
    async with direct(engine) as conn:
        for way in ("prepared", "whole"):
            with database.begin() as other:
                other.execute(update(instance).values(name=f"Parley, {way}"))
                reading = asyncio.create_task(run_in_turn(conn, (lock, read), {"word": way}))
                await until(lambda: somebody_waits(database))
            assert await reading == [(f"Parley, {way}", way)]
            conn.info.update((each.texts.name, each.whole) for each in (lock, read))


async def test_in_turn_what_fails_leaves_nothing_of_what_went_before(engine: AsyncEngine, database: Engine) -> None:
    rename = Prepared(update(instance).values(name=WORD))
    async with direct(engine) as conn:
        with pytest.raises(psycopg2.errors.DivisionByZero):
            await run_in_turn(conn, (rename, Prepared(select(1 / func.length("")))), {"word": "renamed"})

    with database.connect() as looking:
        assert looking.scalar(select(instance.c.name)) == "Parley"


async def test_in_turn_two_constants_of_one_name_are_refused_and_equal_ones_are_not(engine: AsyncEngine) -> None:
    one, other = (Prepared(select(func.length(word))) for word in ("one", "other"))
    async with direct(engine) as conn:
        with pytest.raises(ValueError, match="is 'one' in one statement and 'other' in another: name it"):
            await run_in_turn(conn, (one, other), {})

        assert await run_in_turn(conn, (one, Prepared(select(func.length("one"), WORD))), {"word": "x"}) == [(3, "x")]


def somebody_waits(database: Engine) -> bool:
    """For a lock."""
    with database.connect() as conn:
        return bool(conn.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")))
