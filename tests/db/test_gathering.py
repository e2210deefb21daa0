"""Many questions, one look-up: whoever asks while one runs is answered by the next, together with the others."""

import asyncio
from collections.abc import Collection

from app.db.driver.gathering import MAX_KEYS, Gathered


class Library:
    """Looks up the length of words, one round at a time as the test allows; remembers what was asked in each."""

    def __init__(self) -> None:
        self.rounds: list[set[str]] = []
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Semaphore(0)
        self.error: Exception | None = None

    async def look_up(self, words: Collection[str]) -> dict[str, int]:
        self.rounds.append(set(words))
        self.begun.set()
        await self.may_go_on.acquire()
        if self.error is not None:
            raise self.error
        return {word: len(word) for word in words if word != "unknown"}


def asking(gathered: Gathered[str, int], *words: str) -> list[asyncio.Task[int | None]]:
    return [asyncio.create_task(gathered.get(word)) for word in words]


async def test_whoever_asks_alone_waits_for_nobody() -> None:
    library = Library()
    library.may_go_on.release()

    assert await Gathered(library.look_up).get("one") == 3
    assert library.rounds == [{"one"}]


async def test_all_who_ask_while_a_look_up_runs_share_the_next() -> None:
    library = Library()
    gathered = Gathered(library.look_up)
    (first,) = asking(gathered, "one")
    await library.begun.wait()

    others = asking(gathered, "one", "three", "three", "unknown")
    await asyncio.sleep(0)
    library.may_go_on.release()
    library.may_go_on.release()

    assert await first == 3
    assert await asyncio.gather(*others) == [3, 5, 5, None]
    assert library.rounds == [{"one"}, {"one", "three", "unknown"}]  # "one" again: the first began before it was asked


async def test_an_error_goes_to_all_whom_the_look_up_should_have_answered_and_to_nobody_else() -> None:
    library = Library()
    gathered = Gathered(library.look_up)
    library.error = OSError("gone")
    failing = asking(gathered, "one", "two")
    await library.begun.wait()
    library.may_go_on.release()

    outcomes = await asyncio.gather(*failing, return_exceptions=True)
    library.error = None
    library.may_go_on.release()

    assert [type(outcome) for outcome in outcomes] == [OSError, OSError]
    assert await gathered.get("one") == 3


async def test_whoever_gives_up_does_so_alone() -> None:
    library = Library()
    gathered = Gathered(library.look_up)
    impatient, patient, waiting = asking(gathered, "one", "one", "two")
    await library.begun.wait()

    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    library.may_go_on.release()

    assert await patient == 3
    assert await waiting == 3
    assert impatient.cancelled()


async def test_a_look_up_that_nobody_waits_for_any_more_has_ended_and_the_next_is_its_own() -> None:
    library = Library()
    gathered = Gathered(library.look_up)
    impatient = asking(gathered, "one", "two")
    await library.begun.wait()
    for task in impatient:
        task.cancel()
    await asyncio.gather(*impatient, return_exceptions=True)

    assert asyncio.all_tasks() == {asyncio.current_task()}
    library.may_go_on.release()
    assert await gathered.get("three") == 5
    assert library.rounds == [{"one", "two"}, {"three"}]


async def test_a_round_has_an_end_and_the_next_begins_where_it_ended() -> None:
    library = Library()
    gathered = Gathered(library.look_up)
    words = [str(number) for number in range(MAX_KEYS + 1)]
    for _ in range(2):
        library.may_go_on.release()

    answers = await asyncio.gather(*(gathered.get(word) for word in words))

    assert answers == [len(word) for word in words]
    assert [len(round) for round in library.rounds] == [MAX_KEYS, 1]
