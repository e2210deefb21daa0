"""What one client reads of files: those that messages show it, and on purpose some of rooms that are not its own."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable

from aiohttp import ClientError, ClientSession

from tests.faults.checker.files import digest_of
from tests.faults.checker.history import Fetched, History, now_s
from tests.faults.client.plan import Person, Plan

LOST = (ClientError, OSError, TimeoutError)
ANSWER_S = 20
TRY_AGAIN_S = 0.1
READS = 0.3  # how often a file is read that a message shows
KNOCKS = 0.2  # and one of a room that is not one's own, whenever there is something new
REMEMBERED = 200

Shown = tuple[int, int, str]  # room, seq, file
_shown: deque[Shown] = deque(maxlen=REMEMBERED)  # to any client of this process


class Gallery:
    """See the module."""

    def __init__(
        self, person: Person, plan: Plan, http: ClientSession, history: History, chance: random.Random
    ) -> None:
        self._http, self._history, self._chance = http, history, chance
        self._foreign = frozenset(person.foreign)
        self._url = plan.url
        self._headers = {"Cookie": f"parley={person.cookie}"}
        self._tasks: set[asyncio.Task[None]] = set()

    def saw(self, room: int, seq: int, files: Iterable[str]) -> None:
        """Read, now and then, what a message shows."""
        for file in files:
            _shown.append((room, seq, file))
            if self._chance.random() < READS:
                self._read(room, seq, file)
            if self._chance.random() < KNOCKS:
                self._knock()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _knock(self) -> None:
        closed = [shown for shown in _shown if shown[0] in self._foreign]
        if closed:
            self._read(*self._chance.choice(closed))

    def _read(self, room: int, seq: int, file: str) -> None:
        task = asyncio.create_task(self._read_until_answered(room, seq, file))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_until_answered(self, room: int, seq: int, file: str) -> None:
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    status, content = await self._fetch(file)
            except LOST:
                status, content = 0, b""
            if status in (200, 404):
                self._history.note(Fetched(now_s(), room, seq, file, digest_of(content) if status == 200 else None))
                return
            await asyncio.sleep(TRY_AGAIN_S)

    async def _fetch(self, file: str) -> tuple[int, bytes]:
        async with self._http.get(f"{self._url}/files/{file}/a.bin", headers=self._headers) as answer:
            return answer.status, await answer.read()
