"""The lane takes half of the pool, and gives it back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import BigInteger, Text, cast, func, literal_column, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config
from app.db.driver.binary import Binary
from app.db.driver.engine import make_engine
from app.files.keeping import lane as lane_module
from app.files.keeping.lane import Lane
from tests.support.sockets import until

PID = Binary(select(cast(func.pg_backend_pid(), BigInteger)))
SLOW = Binary(select(cast(func.octet_length(cast(func.pg_sleep(0.2), Text)), BigInteger)))


@pytest.fixture
async def engine(config: Config) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(config, size=4)
    yield engine
    await engine.dispose()


def taken(engine: AsyncEngine) -> int:
    return int(engine.sync_engine.pool.checkedout())  # type: ignore[attr-defined]


async def test_a_connection_is_kept_while_bytes_flow_and_given_back_after(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "KEPT_S", 60.0)
    lane = Lane(engine, 4)
    pids = {(await lane.run(PID, {}))[0] for _ in range(5)}
    assert (len(pids), taken(engine)) == (1, 1)

    monkeypatch.setattr(lane_module, "KEPT_S", 0.05)
    await lane.run(PID, {})

    await until(lambda: taken(engine) == 0)
    await lane.close()


async def test_at_most_half_of_the_pool_is_taken(engine: AsyncEngine) -> None:
    lane = Lane(engine, 4)

    running = [asyncio.create_task(lane.run(SLOW, {})) for _ in range(8)]
    await until(lambda: taken(engine) == 2)
    async with engine.connect(), engine.connect():
        assert taken(engine) == 4
    await asyncio.gather(*running)

    await lane.close()
    assert taken(engine) == 0


async def test_from_a_pool_of_one_nothing_is_kept(engine: AsyncEngine) -> None:
    lane = Lane(engine, 1)

    await lane.run(PID, {})

    assert taken(engine) == 0
    await lane.close()


async def test_after_an_error_the_next_one_finds_a_connection(engine: AsyncEngine) -> None:
    lane = Lane(engine, 4)
    wrong = Binary(select(literal_column("1") / literal_column("0")))

    for _ in range(8):
        with pytest.raises(DBAPIError):
            await lane.run(wrong, {})
        assert len(await lane.run(PID, {})) == 1

    await lane.close()
    assert taken(engine) == 0
