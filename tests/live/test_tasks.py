"""Endless loops: whatever ends one, it is begun again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.live import tasks
from tests.support.sockets import PATIENCE_S


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
