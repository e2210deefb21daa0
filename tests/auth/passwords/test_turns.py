"""Whose turn is next, where many want their password hashed at once."""

import asyncio

import pytest

from app.auth.passwords import turns as module
from app.auth.passwords.turns import TURN_S, Turns
from app.base.errors import Unavailable


class Hall:
    """People in line for one desk, who stay at it until `open`; `served` has whose turns it were, in their order."""

    def __init__(self, most_waiting: int = 100) -> None:
        self.now = 0.0
        self.turns = Turns(1, most_waiting, lambda: self.now)
        self.served: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._is_open = asyncio.Event()

    async def come(self, who: str, *names: str) -> asyncio.Task[None]:
        """Have somebody stand in line, or be at the desk if nobody is."""
        self.tasks.append(asyncio.create_task(self._wait(who, names)))
        await asyncio.sleep(0)
        return self.tasks[-1]

    async def open(self) -> list[str]:
        self._is_open.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        return self.served

    async def _wait(self, who: str, names: tuple[str, ...]) -> None:
        async with self.turns.turn(*names):
            self.served.append(who)
            await self._is_open.wait()


@pytest.fixture
def hall() -> Hall:
    return Hall()


async def test_whoever_comes_waits_for_one_of_twenty_from_one_network(hall: Hall) -> None:
    for i in range(20):
        await hall.come("many", "192.0.2.1", f"account {i}")
    await hall.come("one", "192.0.2.2", "alice")

    assert (await hall.open()).index("one") == 1


async def test_whoever_comes_waits_for_one_of_forty_who_log_in_to_one_account(hall: Hall) -> None:
    for i in range(40):
        await hall.come("many", f"192.0.2.{i}", "bobby")
    await hall.come("one", "198.51.100.1", "alice")

    assert (await hall.open()).index("one") == 1


async def test_three_who_send_many_have_turns_in_turn(hall: Hall) -> None:
    for who in ("first", "second", "third"):
        for _ in range(3):
            await hall.come(who, who)

    assert await hall.open() == ["first", "second", "third"] * 3


async def test_fifty_from_one_network_have_their_turns_in_the_order_in_which_they_came(hall: Hall) -> None:
    for i in range(50):
        await hall.come(str(i), "192.0.2.1")
        hall.now += 0.5

    assert await hall.open() == [str(i) for i in range(50)]


async def test_turns_of_a_while_ago_count_no_longer(hall: Hall) -> None:
    await hall.come("at the desk", "somebody")
    await hall.come("again", "alice")
    hall.now += TURN_S * 2
    await hall.come("again", "alice")
    await hall.come("new", "bobby")

    assert await hall.open() == ["at the desk", "again", "again", "new"]


async def test_a_full_line_sends_away_who_had_most_turns() -> None:
    hall = Hall(most_waiting=5)
    many = [await hall.come("many", "192.0.2.1") for _ in range(8)]
    await hall.come("one", "192.0.2.2")

    assert await hall.open() == ["many", "one", *["many"] * 4]
    refused = [task.exception() for task in many if task.exception()]
    assert len(refused) == 3
    assert all(isinstance(error, Unavailable) and error.retry_after_s for error in refused)


async def test_whoever_gives_up_leaves_the_line_and_the_next_comes_up(hall: Hall) -> None:
    await hall.come("first", "a")
    gone = await hall.come("gone", "b")
    await hall.come("last", "c")

    gone.cancel()

    assert await hall.open() == ["first", "last"]
    assert hall.turns.waiting == 0


async def test_a_turn_that_is_given_to_whoever_gives_up_in_that_moment_is_passed_on(hall: Hall) -> None:
    at_desk = await hall.come("first", "a")
    gone = await hall.come("gone", "b")
    at_desk.cancel()
    await asyncio.sleep(0)
    assert hall.turns.waiting == 0  # the first has left, and the second does not run yet
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await hall.come("last", "c")

    assert (await hall.open())[-1] == "last"


async def test_an_error_in_a_turn_gives_the_next_theirs(hall: Hall) -> None:
    with pytest.raises(ZeroDivisionError):
        async with hall.turns.turn("a"):
            1 / 0  # noqa: B018

    await hall.come("next", "a")
    assert await hall.open() == ["next"]


async def test_a_wait_has_an_end(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    await hall.come("at the desk", "a")

    with pytest.raises(Unavailable, match="Many people"):
        async with hall.turns.turn("b"):
            pass
    assert hall.turns.waiting == 0


async def test_what_names_owe_is_forgotten_when_it_is_paid(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DEBTS", 10)
    for i in range(30):
        hall.now += TURN_S / 5
        async with hall.turns.turn(f"account {i}"):
            assert len(hall.turns._paid_at) <= 12
