"""Who comes next where everybody waits for the same slow work: whoever had fewer turns lately.

Owns the line, which is bounded, and what each name owes. No passwords and no database here.

A turn costs each of its names `turn_s` seconds, which go by: VirtualClock (Lixia Zhang, 1990) with one rate for all,
except that nobody moves up by waiting. So whoever sends many at once waits behind everybody who did not.
"""

import asyncio
import time
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

from app.base.errors import Unavailable

TURN_S = 60.0
MOST_WAITING = 200
WAIT_S = 50.0  # proxies give up after 60
MOST_DEBTS = 10_000

_Place = tuple[float, int, asyncio.Future[bool]]


class Turns:
    """`at_once` turns at a time; the line behind them has at most `most_waiting` places."""

    def __init__(
        self,
        at_once: int,
        most_waiting: int = MOST_WAITING,
        now: Callable[[], float] = time.monotonic,
        *,
        turn_s: float = TURN_S,
    ) -> None:
        self._free, self._most_waiting, self._now, self._turn_s = at_once, most_waiting, now, turn_s
        self._line: list[_Place] = []  # the next one first
        self._numbers = count()
        self._paid_at: dict[str, float] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    @asynccontextmanager
    async def turn(self, *names: str) -> AsyncIterator[None]:
        """Wait until it is one's turn, and have it; `names` are whose turn it is, such as an account and a network.

        Raises:
            Unavailable: the line is full of those who had fewer turns, or the wait was too long.
        """
        await self._wait(self.charge(*names))
        try:
            yield
        finally:
            self._next()

    def owes(self, name: str) -> bool:
        """Whether a name had a turn within the last `turn_s`, or more before."""
        return self._paid_at.get(name, 0.0) > self._now()

    async def _wait(self, owed_s: float) -> None:
        if self._free:
            self._free -= 1
            return
        place = (owed_s, next(self._numbers), asyncio.get_running_loop().create_future())
        insort(self._line, place)
        if len(self._line) > self._most_waiting:
            self._give(self._line.pop(), is_ours=False)
        try:
            async with asyncio.timeout(WAIT_S):
                is_ours = await self._result(place)
        except TimeoutError:
            is_ours = False
        if not is_ours:
            raise Unavailable("Many people are logging in just now. Try again in a minute.", retry_after_s=20)

    async def _result(self, place: _Place) -> bool:
        turn = place[2]
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.result():
                self._next()  # it was ours in the same moment
            elif place in self._line:
                self._line.remove(place)
            raise

    def _next(self) -> None:
        while self._line:
            if self._give(self._line.pop(0), is_ours=True):
                return
        self._free += 1

    def _give(self, place: _Place, *, is_ours: bool) -> bool:
        """Wake up who waits there; False where they gave up in this moment."""
        if waits := not place[2].done():
            place[2].set_result(is_ours)
        return waits

    def charge(self, *names: str) -> float:
        """Add a turn to what each of `names` owes; returns the most that one of them owed before, in seconds."""
        now = self._now()
        if len(self._paid_at) > MOST_DEBTS:
            self._paid_at = {name: paid_at for name, paid_at in self._paid_at.items() if paid_at > now}
        starts = {name: max(now, self._paid_at.get(name, now)) for name in names}
        self._paid_at |= {name: start + self._turn_s for name, start in starts.items()}
        return max(start - now for start in starts.values())
