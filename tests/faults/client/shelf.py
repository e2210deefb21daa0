"""What one client has of its rooms, as far as it needs that itself; and how it loads a room anew after a reset.

It loads a room from its first message on: any of them may have changed.
"""

import asyncio

from aiohttp import ClientError, ClientSession

from tests.faults.checker.history import History
from tests.faults.client import wire
from tests.faults.client.plan import Person, Plan

PAGE = 200
TRY_AGAIN_S = 0.1


class Shelf:
    """`tops`: by room the seq up to which nothing is missing."""

    def __init__(self, person: Person, plan: Plan, http: ClientSession, history: History) -> None:
        self._http, self._history = http, history
        self._headers = {"Cookie": f"parley={person.cookie}"}
        self._url = plan.url
        self.tops = dict.fromkeys(person.rooms, 0)
        self._beyond: dict[int, set[int]] = {room: set() for room in person.rooms}
        self._loading: dict[int, asyncio.Task[None]] = {}

    def hold(self, room: int, seq: int) -> bool:
        """Keep account of a message; True when it was new."""
        if self.has(room, seq):
            return False
        beyond, top = self._beyond[room], self.tops[room]
        beyond.add(seq)
        while top + 1 in beyond:
            top += 1
            beyond.discard(top)
        self.tops[room] = top
        return True

    def has(self, room: int, seq: int) -> bool:
        return seq <= self.tops[room] or seq in self._beyond[room]

    def load(self, room: int) -> None:
        """Load a room anew over HTTP."""
        if (task := self._loading.get(room)) is not None:
            task.cancel()
        self._loading[room] = asyncio.create_task(self._load(room))

    def is_loading(self, room: int) -> bool:
        return room in self._loading and not self._loading[room].done()

    def close(self) -> None:
        for task in self._loading.values():
            task.cancel()

    async def _load(self, room: int) -> None:
        after = 0
        while True:
            try:
                messages = (await self._page(room, after)).messages
            except (ClientError, OSError, TimeoutError):
                await asyncio.sleep(TRY_AGAIN_S)
                continue
            if messages:
                self._history.loaded(room, [(each.seq, each.rev, each.state()) for each in messages])
                for message in messages:
                    self.hold(room, message.seq)
                after = messages[-1].seq
            if len(messages) < PAGE // 2:
                return

    async def _page(self, room: int, after: int) -> wire.Page:
        """The page behind a seq; `after` may not be 0, so the first one is asked for around seq 1."""
        query = {"after" if after else "around": after or 1, "limit": PAGE}
        async with self._http.get(
            f"{self._url}/api/rooms/{room}/messages", params=query, headers=self._headers
        ) as answer:
            answer.raise_for_status()
            return wire.page(await answer.read())
