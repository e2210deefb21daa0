"""Whoever is refused again and again gets each refusal late; others get theirs at once."""

import asyncio
from types import SimpleNamespace

import pytest

from app.limits import holding
from app.limits.holding import REFUSALS_BURST, REFUSALS_PER_S, Holding
from tests.limits.test_gate import settled


async def is_late(held: Holding, key: str) -> bool:
    """Whether the next refusal of somebody is held back."""
    task = asyncio.create_task(held.hold(key))
    await settled()
    late = not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return late


async def test_many_refusals_of_one_come_late_and_the_first_of_another_does_not(clock: SimpleNamespace) -> None:
    held = Holding()

    assert [await is_late(held, "mallory") for _ in range(REFUSALS_BURST + 2)] == [False] * REFUSALS_BURST + [True] * 2
    assert not await is_late(held, "alice")

    clock.now += 1 / REFUSALS_PER_S
    assert [await is_late(held, "mallory") for _ in range(2)] == [False, True]


@pytest.mark.usefixtures("clock")
async def test_a_refusal_that_is_held_is_sent_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Holding()
    monkeypatch.setattr(holding, "HOLD_S", 0.01)

    await asyncio.gather(*(held.hold("mallory") for _ in range(REFUSALS_BURST + 10)))

    assert held._held == 0


@pytest.mark.usefixtures("clock")
async def test_so_many_are_held_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Holding()
    monkeypatch.setattr(holding, "MOST_HELD", 3)
    tasks = [asyncio.create_task(held.hold("mallory")) for _ in range(REFUSALS_BURST + 10)]
    await settled()

    assert sum(not task.done() for task in tasks) == 3

    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert held._held == 0
