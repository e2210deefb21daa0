"""Which rooms may have changes that the index lacks: what this process wrote, and what others rang for."""

import asyncio

from app.base.waiting import is_set_within


class Doorbell:
    """Takes rings from whoever writes to a room; the follower takes the rooms from it."""

    def __init__(self) -> None:
        self._behind: set[int] = set()
        self._heads: dict[int, int] = {}
        self._rung = asyncio.Event()

    def ring(self, room: int, rev: int) -> None:
        """A room is at `rev`. Never waits."""
        if rev > self._heads.get(room, 0):
            self._behind.add(room)
            self._rung.set()

    async def rung_by(self, time: float) -> bool:
        """Wait for a ring, and no longer than to a time of the loop's clock; whether there was one."""
        return await is_set_within(self._rung, time - asyncio.get_running_loop().time())

    def take(self) -> set[int]:
        """The rooms for which it rang since they were taken before."""
        rooms, self._behind = self._behind, set()
        self._rung.clear()
        return rooms

    def leave(self, rooms: set[int]) -> None:
        """Put rooms back: they still have changes behind."""
        if rooms:
            self._behind |= rooms
            self._rung.set()

    def written(self, heads: dict[int, int]) -> None:
        """The index has these rooms up to these revs: rings for less are late."""
        self._heads |= heads
