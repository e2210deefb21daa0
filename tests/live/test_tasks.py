"""Endless loops: whatever ends one, it is begun again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.engine import DATABASE_GONE
from app.live import tasks
from tests.support.load import PATIENCE_S
from tests.support.sockets import until

SELF = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:pid)")
IS_THERE = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = :pid)")


@pytest.mark.parametrize("reason", [RuntimeError, asyncio.CancelledError, None])
async def test_a_loop_that_ends_by_itself_is_begun_again(
    monkeypatch: pytest.MonkeyPatch, reason: type[BaseException] | None
) -> None:
    """By a cancellation, too, that nobody asked for: a library that swallows a timeout may leave one behind."""
    monkeypatch.setattr(tasks, "RESTART_AFTER_S", 0)
    begun_again = asyncio.Event()
    lives = 0

    async def loop() -> None:
        nonlocal lives
        lives += 1
        if lives == 2:
            begun_again.set()
            await asyncio.Event().wait()
        if reason is not None:
            raise reason

    async with asyncio.timeout(PATIENCE_S), tasks.running(loop):
        await begun_again.wait()

    assert lives == 2


async def test_a_loop_that_takes_its_end_for_a_lost_database_ends_all_the_same(
    engine: AsyncEngine, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has closed the connection while the loop did something else: its ROLLBACK fails, and hides the end."""
    monkeypatch.setattr(tasks, "CANCEL_AGAIN_S", 0.1)
    is_inside, lost = asyncio.Event(), list[Exception]()
    pid = 0

    async def loop() -> None:
        nonlocal pid
        while True:
            try:
                async with engine.begin() as conn:
                    pid = (await conn.execute(SELF)).scalar_one()
                    is_inside.set()
                    await asyncio.Event().wait()
            except DATABASE_GONE as error:
                lost.append(error)

    async with asyncio.timeout(PATIENCE_S), tasks.running(loop):
        await is_inside.wait()
        with database.begin() as conn:
            conn.execute(END, {"pid": pid})
        with database.connect() as conn:
            await until(lambda: not conn.execute(IS_THERE, {"pid": pid}).scalar_one())

    assert len(lost) == 1


def test_loops_that_nobody_ended_end_with_the_process_without_a_complaint(caplog: pytest.LogCaptureFixture) -> None:
    """As those of an app of which a later part failed to start."""
    count = 20  # asyncio ends them in any order; some complained
    ended = 0

    async def loop() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended += 1

    async def part() -> AsyncIterator[None]:
        async with tasks.running(loop):
            yield

    async def live() -> list[AsyncIterator[None]]:
        left = [part() for _ in range(count)]
        for each in left:
            await anext(each)
        await asyncio.sleep(0)
        return left

    asyncio.run(live())

    assert ended == count
    assert caplog.messages == []
