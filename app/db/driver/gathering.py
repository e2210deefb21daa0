"""Many look-ups in one statement: for reading what group commit is for writing."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

MAX_KEYS = 500  # of one round, so that reading its rows does not hold up everybody else

K = TypeVar("K")
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """Looks up keys, all that are asked for while a look-up runs in one look-up after it.

    There is no timer: a key that is asked for alone waits for nothing. Nothing is kept: each answer comes from a
    look-up that began after the question. Its error goes to all who wait for it. A look-up has at most `most` keys.
    """

    def __init__(self, load: Callable[[Collection[K]], Awaitable[Mapping[K, V]]], most: int = MAX_KEYS) -> None:
        self._load, self._most = load, most
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._asking = 0

    async def get(self, key: K) -> V | None:
        """What the look-up finds for `key`, None if nothing; raises what it raises."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._run())
        self._asking += 1
        try:
            return await asyncio.shield(answer)  # others may wait for the same: whoever gives up does so alone
        except asyncio.CancelledError:
            if self._asking == 1:
                await self._give_up()
            raise
        finally:
            self._asking -= 1

    async def _give_up(self) -> None:
        """End the look-up that nobody waits for any more; returns when its connection is free."""
        rounds, self._rounds, self._waiting = self._rounds, None, {}
        if rounds is not None:
            rounds.cancel()
            await asyncio.wait([rounds])

    async def _run(self) -> None:
        while self._waiting:
            asked = {key: self._waiting.pop(key) for key in list(islice(self._waiting, self._most))}
            try:
                found = await self._load(asked.keys())
            except Exception as error:  # theirs who asked
                _fail(asked.values(), error)
            except asyncio.CancelledError:
                self._rounds = None if self._rounds is asyncio.current_task() else self._rounds
                _fail(asked.values(), ConnectionError("the look-up was cancelled"))  # if not by us, somebody waits
                raise
            else:
                for key, answer in asked.items():
                    answer.set_result(found.get(key))
        self._rounds = None


def _fail(answers: Iterable[asyncio.Future[Any]], error: Exception) -> None:
    for answer in answers:
        answer.set_exception(error)
        answer.exception()  # seen, should nobody wait any more
