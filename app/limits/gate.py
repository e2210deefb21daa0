"""How many requests are under way at once: all together, and of each person or network a part of that.

So nobody takes all connections to the database, whatever their requests cost. Of those who wait, the next is one of
whoever asks as people do, and of these, of whoever has the fewest under way. What somebody asks beyond that comes next.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.base.errors import AppError, RateLimited, Unavailable
from app.limits.rate import Rate

WAIT_S = 10.0  # for a turn
MAX_WAITING = 2_000  # of all
USUAL_PER_S, USUAL_BURST = 2, 30  # what a person at a browser asks for

Turn = asyncio.Future[None]
Line = tuple[bool, str]
"""Whether it is of those who ask for more than is usual, and whose: what waits behind one another."""


class Gate:
    """Lets `most` in at once, `share` of them with the same key; `waiting` with the same key may wait."""

    def __init__(self, most: int, share: int, waiting: int) -> None:
        self._most, self._share, self._most_waiting = most, share, waiting
        self._inside: Counter[str] = Counter()
        self._waiting: dict[Line, dict[Turn, None]] = {}  # both in the order in which they came
        self._count = self._count_waiting = 0
        self._usual = Rate(USUAL_PER_S, USUAL_BURST)

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Be inside while the block lasts.

        Raises:
            RateLimited: others with this key wait, and are too many, or take too long.
            Unavailable: others do.
        """
        line = self._usual.spend(key) > 0, key
        if self._inside[key] < self._share and self._count < self._most:  # then nobody waits who may come in
            self._let_in(key)
        else:
            await self._wait(line)
        try:
            yield
        finally:
            self._leave(key)

    async def _wait(self, line: Line) -> None:
        waiting = sum(len(self._waiting.get((is_much, line[1]), ())) for is_much in (False, True))
        if waiting >= self._most_waiting or self._count_waiting >= MAX_WAITING:
            raise self._refusal(line)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(line, {})[turn] = None
        self._count_waiting += 1
        try:
            async with asyncio.timeout(WAIT_S):
                await turn
        except TimeoutError:
            self._give_up(line, turn)
            raise self._refusal(line) from None
        except asyncio.CancelledError:
            self._give_up(line, turn)
            raise

    def _refusal(self, line: Line) -> AppError:
        is_much, key = line
        if is_much or self._inside[key] >= self._share:
            return RateLimited("You are asking for too much at once. Wait a moment.", retry_after_s=1)
        return Unavailable("The server is busy. Try again in a moment.")

    def _give_up(self, line: Line, turn: Turn) -> None:
        if turn in self._waiting.get(line, ()):
            self._take_out(line, turn)
        elif not turn.cancelled():
            self._leave(line[1])  # it came in the same moment

    def _take_out(self, line: Line, turn: Turn) -> None:
        queue = self._waiting[line]
        del queue[turn]
        self._count_waiting -= 1
        if not queue:
            del self._waiting[line]

    def _let_in(self, key: str) -> None:
        self._count += 1
        self._inside[key] += 1

    def _leave(self, key: str) -> None:
        self._count -= 1
        self._inside[key] -= 1
        if not self._inside[key]:
            del self._inside[key]
        while self._count < self._most and (following := self._next()) is not None:
            turn = next(iter(self._waiting[following]))
            self._take_out(following, turn)
            if following in self._waiting:  # behind the others, or who always has more waiting would be next for ever
                self._waiting[following] = self._waiting.pop(following)
            if not turn.done():
                self._let_in(following[1])
                turn.set_result(None)

    def _next(self) -> Line | None:
        """The line whose turn is next: with a share left, what is usual, the fewest inside, the last turn long ago."""
        waiting = (line for line in self._waiting if self._inside[line[1]] < self._share)
        return min(waiting, key=lambda line: (line[0], self._inside[line[1]]), default=None)
