"""Whoever has the fewest under way is next; nobody takes all places."""

import asyncio

import pytest

from app.base.errors import RateLimited, Unavailable
from app.limits import gate
from app.limits.gate import USUAL_BURST, Gate


class Visits:
    """Requests that stay inside until they are ended."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.inside: list[str] = []

    async def begin(self, *names: str) -> None:
        """Ask for a turn for each; the key of `a1` is `a`."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._visit(name))
            await settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await settled()

    async def _visit(self, name: str) -> None:
        async with self._gate.turn(name[0]):
            self.inside.append(name)
            await self._ends[name].wait()
            self.inside.remove(name)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_key_has_no_more_than_its_share_and_others_find_a_place() -> None:
    visits = Visits(Gate(most=4, share=2, waiting=9))

    await visits.begin("a1", "a2", "a3", "a4", "b1")

    assert visits.inside == ["a1", "a2", "b1"]
    await visits.end("a2")
    assert visits.inside == ["a1", "b1", "a3"]


async def test_who_always_has_more_waiting_goes_behind_the_others_after_each_turn() -> None:
    visits = Visits(Gate(most=1, share=1, waiting=9))

    await visits.begin("a1", "a2", "a3", "a4", "b1", "b2", "c1")

    order = [visits.inside[0]]
    while visits.inside:
        await visits.end(order[-1])
        order += visits.inside
    assert order == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_the_next_is_one_of_whoever_has_the_fewest_under_way() -> None:
    visits = Visits(Gate(most=3, share=2, waiting=9))

    await visits.begin("a1", "a2", "b1", "a3", "b2", "c1")

    assert visits.inside == ["a1", "a2", "b1"]
    await visits.end("a1")
    assert visits.inside == ["a2", "b1", "c1"]


async def test_those_of_one_key_come_in_the_order_in_which_they_asked() -> None:
    visits = Visits(Gate(most=1, share=1, waiting=9))
    await visits.begin("a1", "a2", "a3")

    await visits.end("a1")
    assert visits.inside == ["a2"]
    await visits.end("a2")
    assert visits.inside == ["a3"]


async def test_more_than_may_wait_are_refused_at_once_and_others_are_not() -> None:
    visits = Visits(Gate(most=2, share=1, waiting=1))
    await visits.begin("a1", "a2", "a3", "b1")

    assert isinstance(visits.tasks["a3"].exception(), RateLimited)
    assert not visits.tasks["a2"].done()
    assert visits.inside == ["a1", "b1"]


async def test_where_too_many_wait_in_all_the_next_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_WAITING", 2)
    visits = Visits(Gate(most=1, share=1, waiting=9))
    await visits.begin("a1", "b1", "c1", "d1")

    assert isinstance(visits.tasks["d1"].exception(), Unavailable)
    assert not visits.tasks["c1"].done()

    await visits.end("a1")
    await visits.begin("d2")
    assert not visits.tasks["d2"].done()


async def test_a_wait_has_an_end_which_says_whose_fault_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "WAIT_S", 0.01)
    visits = Visits(Gate(most=1, share=1, waiting=1))
    await visits.begin("a1", "a2", "b1")

    with pytest.raises(RateLimited):
        await visits.tasks["a2"]
    with pytest.raises(Unavailable):
        await visits.tasks["b1"]
    monkeypatch.undo()
    await visits.begin("a3")
    assert not visits.tasks["a3"].done()  # who gave up waits no longer
    await visits.end("a1")
    await visits.end("a3")
    await visits.begin("b2")
    assert visits.inside == ["b2"]


async def test_who_gives_up_leaves_no_place_taken() -> None:
    visits = Visits(Gate(most=1, share=1, waiting=9))
    await visits.begin("a1", "b1", "b2")

    visits.tasks["b1"].cancel()
    await visits.end("a1")
    assert visits.inside == ["b2"]
    visits.tasks["b2"].cancel()
    await settled()

    await visits.begin("c1")
    assert visits.inside == ["b2", "c1"]


async def test_who_gives_up_in_the_moment_before_a_place_is_free_is_passed_over() -> None:
    visits = Visits(Gate(most=1, share=1, waiting=9))
    await visits.begin("a1", "b1", "c1")

    visits._ends["a1"].set()
    visits.tasks["b1"].cancel()  # a1 leaves before b1 runs
    await settled()

    assert visits.inside == ["c1"]
    assert visits.tasks["a1"].exception() is None


async def test_who_gives_up_in_the_moment_when_their_turn_comes_leaves_no_place_taken() -> None:
    visits = Visits(Gate(most=1, share=1, waiting=9))
    await visits.begin("a1", "b1", "c1")

    visits._ends["a1"].set()
    await asyncio.sleep(0)  # a1 leaves, and b1 has its turn before it runs
    visits.tasks["b1"].cancel()
    await settled()

    assert visits.inside == ["c1"]


@pytest.mark.usefixtures("clock")
async def test_what_somebody_asks_beyond_what_is_usual_waits_behind_all_others() -> None:
    gate = Gate(most=1, share=1, waiting=99)
    for _ in range(USUAL_BURST - 2):
        async with gate.turn("a"):
            pass
    visits = Visits(gate)

    await visits.begin("a1", "a2", "a3", "b1", "b2", "c1")

    order = [visits.inside[0]]
    while visits.inside:
        await visits.end(order[-1])
        order += visits.inside
    assert order == ["a1", "a2", "b1", "c1", "b2", "a3"]
