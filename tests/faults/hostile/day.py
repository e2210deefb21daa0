"""One person's chatting while others attack: how long a page, a message and a log-in take."""

import asyncio
import json
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiohttp import ClientSession, CookieJar

from tests.faults.run.population import enter

PAGE_EVERY_S = 1.0  # a post with each, and a person may post ten in ten seconds
MOVE_EVERY_S, RETURN_EVERY_S = 2.0, 4.0
GIVE_UP_S = 30.0
ADDRESS = "198.51.100.250"
NEW_BROWSER = "log-in, new browser"

Cookies = dict[str, str]
Returning = tuple[str, str, Cookies]
"""A login, an address, and what the browser keeps."""


@dataclass
class Day:
    """Milliseconds of each thing, and how often it failed, by its name."""

    took_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def share(self, name: str, part: float) -> float:
        """The value that a part of all (0.99) do not exceed."""
        values = sorted(self.took_ms[name])
        return values[min(len(values) - 1, int(len(values) * part))]


class Person:
    """Somebody with a session, who chats; and people who log in one after the other.

    `returning` do so with the browser in which they were before, `moving` with a new one where they were before.
    """

    def __init__(
        self, url: str, returning: Iterator[Returning], moving: Iterator[tuple[str, str]], cookies: Cookies, day: Day
    ) -> None:
        self._url, self._returning, self._moving, self._cookies = url, returning, moving, cookies
        self._day = day

    async def live(self, seconds: float) -> None:
        """Read pages, post and log in for so long."""
        until = asyncio.get_running_loop().time() + seconds
        await asyncio.gather(self._read_and_post(until), self._return(until), self._move(until))

    async def _read_and_post(self, until: float) -> None:
        async with self._client(ADDRESS, self._cookies) as http:
            while asyncio.get_running_loop().time() < until:
                await self._timed("page", self._page(http))
                await self._timed("post", self._post(http))
                await asyncio.sleep(PAGE_EVERY_S)

    async def _return(self, until: float) -> None:
        while asyncio.get_running_loop().time() < until:
            login, address, cookies = next(self._returning)
            known = {name: value for name, value in cookies.items() if name != "parley"}  # the session has ended
            async with self._client(address, known) as http:
                await self._timed("log-in", enter(http, login))
            await asyncio.sleep(RETURN_EVERY_S)

    async def _move(self, until: float) -> None:
        while asyncio.get_running_loop().time() < until:
            login, address = next(self._moving)
            async with self._client(address, {}) as http:
                await self._timed(NEW_BROWSER, enter(http, login))
            await asyncio.sleep(MOVE_EVERY_S)

    async def _timed(self, name: str, doing: object) -> None:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(GIVE_UP_S):
                await doing  # type: ignore[misc]
        except Exception as error:  # whatever it is, the person did not get what they wanted
            self._day.failures[name].append(f"{type(error).__name__}: {error}")
        self._day.took_ms[name].append((time.perf_counter() - begun) * 1000)

    async def _page(self, http: ClientSession) -> None:
        async with http.get("/rooms/1") as answer:
            await answer.read()
            assert answer.status == 200, answer.status

    async def _post(self, http: ClientSession) -> None:
        """With the time that opening the socket takes: the worst case, that of who comes back."""
        async with http.ws_connect("/ws", max_msg_size=0) as ws:
            id = str(uuid.uuid4())
            await ws.send_str(json.dumps({"type": "post", "room": 1, "id": id, "text": "good morning"}))
            async for message in ws:
                for line in message.data.split("\n"):
                    event = json.loads(line)
                    if event.get("id") == id:
                        assert event["type"] == "ack", event
                        return
            raise ConnectionError(f"closed with {ws.close_code}")

    def _client(self, address: str, cookies: dict[str, str]) -> ClientSession:
        headers = {"X-Forwarded-For": address, "Origin": self._url}
        return ClientSession(self._url, cookies=cookies, cookie_jar=CookieJar(unsafe=True), headers=headers)
