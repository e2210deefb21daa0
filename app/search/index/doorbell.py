"""Which rooms may have changes that the index lacks: what this process wrote, and what others rang for."""

import asyncio
import math
from collections.abc import Mapping

from app.base.waiting import is_set_within


class Doorbell:
    """Takes rings from whoever writes to a room; the follower takes the rooms from it."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}  # by room the first rev that it rang for, since it was taken
        self._last: dict[int, int] = {}  # and the last one
        self._heads: dict[int, int] = {}
        self._rung = asyncio.Event()

    def ring(self, room: int, rev: int) -> None:
        """A room is at `rev`. Never waits."""
        if rev > self._heads.get(room, 0):
            self._first.setdefault(room, rev)
            self._last[room] = max(rev, self._last.get(room, 0))
            self._rung.set()

    async def rung_by(self, time: float) -> bool:
        """Wait for a ring, and no longer than to a time of the loop's clock; whether there was one."""
        return await is_set_within(self._rung, time - asyncio.get_running_loop().time())

    def take(self) -> dict[int, int]:
        """The rooms for which it rang since they were taken before, each with the first rev that it rang for."""
        rooms, self._first = self._first, {}
        self._rung.clear()
        return rooms

    def leave(self, rooms: Mapping[int, int]) -> None:
        """Put rooms back: they still have changes behind, from these revs on."""
        if rooms:
            self._first |= rooms
            self._rung.set()

    def written(self, heads: Mapping[int, int]) -> None:
        """The index has these rooms up to these revs: rings for less, before and after, are late."""
        self._heads |= heads
        for room, head in heads.items():
            if self._first.get(room, math.inf) > head:
                continue
            if self._last.get(room, 0) > head:
                self._first[room] = head + 1
            else:
                del self._first[room]
