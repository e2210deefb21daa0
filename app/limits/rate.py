"""How often somebody may do something: the generic cell rate algorithm, with one time as the state of each.

See https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm. It is written here, as what was spent in other processes
is charged even where that is more than allowed, which libraries refuse to do; and it is on the way of each post.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterator

MAX_KEYS = 100_000  # who are remembered without a look at who may be forgotten
SHARED_FROM = 0.25  # of the burst: who has spent less is of no interest to other processes
_ROUNDING_S = 1e-6

now: Callable[[], float] = time.monotonic


class _Spent:
    """What one has spent: made up for at `free_at`; `unshared` times in this process, which others were not sent."""

    __slots__ = ("free_at", "unshared")

    def __init__(self) -> None:
        self.free_at, self.unshared = 0.0, 0


class Rate:
    """`burst` at once after a silence, and `per_s` in the long run, of each key.

    `is_unshared` is set when others are to charge something; without it what is spent counts in this process alone.
    """

    def __init__(self, per_s: float, burst: float, is_unshared: asyncio.Event | None = None) -> None:
        self._each_s, self._most_s = 1 / per_s, burst / per_s
        self._is_unshared = is_unshared or asyncio.Event()
        self._shared_s = math.inf if is_unshared is None else self._most_s * SHARED_FROM
        self._spent: dict[str, _Spent] = {}
        self._to_share: set[str] = set()

    def spend(self, key: str) -> float:
        """Count one. Where that is too much, count nothing, and return the seconds until it is not; else 0."""
        at = now()
        spent = self._of(key, at)
        free_at = spent.free_at + self._each_s
        if (wait_s := free_at - at - self._most_s) > _ROUNDING_S:
            return wait_s
        spent.free_at = free_at
        spent.unshared += 1
        if free_at - at > self._shared_s:
            self._to_share.add(key)
            self._is_unshared.set()
        return 0.0

    def charge(self, key: str, count: int) -> None:
        """Count what was spent in another process, also where that is too much."""
        self._of(key, now()).free_at += count * self._each_s

    def unshared(self) -> Iterator[tuple[str, int]]:
        """What others are to charge, of all who have spent a good part of what they may; each is returned once."""
        to_share, self._to_share = self._to_share, set()
        for key in to_share:
            if (spent := self._spent.get(key)) is not None and spent.unshared:
                count, spent.unshared = spent.unshared, 0
                yield key, count

    def _of(self, key: str, at: float) -> _Spent:
        spent = self._spent.get(key)
        if spent is None:
            if len(self._spent) >= MAX_KEYS:
                self._spent = {key: spent for key, spent in self._spent.items() if spent.free_at > at}
            spent = self._spent[key] = _Spent()
        if spent.free_at <= at:
            spent.free_at, spent.unshared = at, 0
        return spent
