"""A kept connection: the same from use to use, until something goes wrong with it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config
from app.db.driver.connection import Connection
from app.db.driver.engine import make_engine
from app.db.driver.kept import Kept
from tests.support.load import PATIENCE_S

BACKEND = "SELECT pg_backend_pid()"


@pytest.fixture
async def engine(config: Config) -> AsyncIterator[AsyncEngine]:
    """As the journal's."""
    engine = make_engine(config, size=1, ping=False)
    yield engine
    await engine.dispose()


async def backend(kept: Kept) -> int:
    """The number of the server's process behind it."""
    async with kept.use() as connection:
        [[pid]] = await connection.fetch(BACKEND)
    return int(pid)


async def test_it_is_the_same_from_use_to_use_and_goes_back_to_the_pool_at_the_end(engine: AsyncEngine) -> None:
    async with Kept(engine) as kept:
        first = await backend(kept)
        assert await backend(kept) == first

    async with engine.connect() as conn:
        assert await conn.scalar(text(BACKEND)) == first


async def test_each_statement_is_a_transaction_of_its_own(engine: AsyncEngine, database: Engine) -> None:
    async with Kept(engine) as kept, kept.use() as connection:
        assert await connection.fetch("UPDATE rooms SET topic = 'Kept' WHERE id = %(id)s", {"id": 1}) == []

        with database.connect() as conn:
            assert conn.scalar(text("SELECT topic FROM rooms WHERE id = 1")) == "Kept"


async def test_a_violated_constraint_is_told_in_sqlalchemys_words_and_changes_nothing(engine: AsyncEngine) -> None:
    async with Kept(engine) as kept:
        first = await backend(kept)

        with pytest.raises(IntegrityError) as raised:
            await use(kept, "INSERT INTO rooms (kind, name, name_key) VALUES ('open', 'Lobby', 'lobby')")

        assert raised.value.orig.diag.constraint_name == "rooms_name_key_key"
        assert await backend(kept) == first


async def test_after_any_other_error_the_next_use_has_a_new_one(engine: AsyncEngine) -> None:
    async with Kept(engine) as kept:
        first = await backend(kept)

        with pytest.raises(ProgrammingError):
            await use(kept, "SELECT nonsense")
        second = await backend(kept)
        with pytest.raises(KeyError):
            async with kept.use():
                raise KeyError
        third = await backend(kept)

    assert len({first, second, third}) == 3


async def test_one_that_the_server_ended_is_told_once_and_then_made_anew(engine: AsyncEngine, database: Engine) -> None:
    async with Kept(engine) as kept:
        first = await backend(kept)
        with database.connect() as conn:
            conn.execute(text(f"SELECT pg_terminate_backend({first}, 5000)"))

        with pytest.raises(OperationalError):
            await backend(kept)

        assert await backend(kept) != first


async def test_one_that_the_server_ended_while_nobody_used_it_is_made_anew_without_a_word(
    engine: AsyncEngine, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async with Kept(engine) as kept:
        async with kept.use() as connection:
            [[first]] = await connection.fetch(BACKEND)
        with database.connect() as conn:
            conn.execute(text(f"SELECT pg_terminate_backend({first}, 5000)"))
        async with asyncio.timeout(PATIENCE_S):
            while not connection.closed:  # noqa: ASYNC110 (it has no event)
                await asyncio.sleep(0.01)

        assert await backend(kept) != first

    assert caplog.records == []


async def use(kept: Kept, statement: str) -> list[tuple[object, ...]]:
    connection: Connection
    async with kept.use() as connection:
        return await connection.fetch(statement)
