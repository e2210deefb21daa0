"""What a search takes: the real `GET /api/search`, of a Parley that runs here, so that its statements can be timed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event

from app.base.config import Config
from app.limits import limits
from app.main import make_app
from bench.search.questions import QUESTIONS, Question
from bench.search.timing import Times, times
from bench.support.people import SECRET_KEY, cookies_of

LOOKS, FEWEST, MOST_S = 20, 3, 4.0  # of each question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one person: time in the database, and all of it; that of the second page, where there is one.

    `is_part`: the first page was given before it was full, with the offer to go on.
    """

    database: Times
    whole: Times
    second: Times | None
    is_part: bool


class DatabaseClock:
    """Milliseconds that all statements of this process took, as their sender sees it."""

    def __init__(self) -> None:
        self.ms = 0.0
        event.listen(Engine, "before_cursor_execute", self._begin)
        event.listen(Engine, "after_cursor_execute", self._end)

    def _begin(self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        conn.info["begun"] = time.perf_counter()

    def _end(self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        self.ms += (time.perf_counter() - conn.info["begun"]) * 1e3


def measure(
    database_url: str, people: Mapping[int, int], show: Callable[[str], None], looks: int = LOOKS
) -> dict[str, dict[int, Asked]]:
    """Ask each question as each person; `people` are the ids of the searchers, by how many rooms they are in."""
    cookies = dict(zip(people, cookies_of(database_url, [*people.values()]), strict=True))
    return asyncio.run(_measure(database_url, cookies, show, looks))


async def _measure(
    database_url: str, cookies: Mapping[int, str], show: Callable[[str], None], looks: int
) -> dict[str, dict[int, Asked]]:
    found: dict[str, dict[int, Asked]] = {}
    clock = DatabaseClock()
    async with _parley(database_url) as http:
        for question in QUESTIONS:
            found[question.name] = {}
            for rooms, cookie in cookies.items():
                found[question.name][rooms] = await _asked(_Asker(http, cookie, question, looks), clock)
                show(f"  {question.name}, {rooms} rooms: {found[question.name][rooms]}")
    return found


@asynccontextmanager
async def _parley(database_url: str) -> AsyncIterator[ClientSession]:
    limits.SEARCHES_PER_S = limits.SEARCHES_BURST = 1_000_000
    config = Config(_env_file=None, database_url=database_url, secret_key=SECRET_KEY, log_level="error")
    async with TestServer(make_app(config)) as server, ClientSession(server.make_url("/")) as http:
        yield http


class _Asker:
    """Asks one question as one person."""

    def __init__(self, http: ClientSession, cookie: str, question: Question, looks: int) -> None:
        self._http, self._headers, self._looks = http, {"Cookie": cookie}, looks
        self._asked = {"q": question.typed, "limit": "20", "typing": str(int(question.is_prefix))}

    async def page(self, before: str) -> dict[str, Any]:
        asked = {**self._asked, "before": before}
        async with self._http.get("/api/search", params=asked, headers=self._headers) as answer:
            answer.raise_for_status()
            return dict(await answer.json())

    async def timed(self, before: str, clock: DatabaseClock) -> tuple[list[float], list[float]]:
        """Milliseconds in the database and in all, of each look."""
        database, whole = [], []
        ends = time.monotonic() + MOST_S
        while len(whole) < self._looks and (len(whole) < FEWEST or time.monotonic() < ends):
            begun, before_ms = time.perf_counter(), clock.ms
            await self.page(before)
            whole.append((time.perf_counter() - begun) * 1e3)
            database.append(clock.ms - before_ms)
        return database, whole


async def _asked(asker: _Asker, clock: DatabaseClock) -> Asked:
    first = await asker.page("")
    database, whole = await asker.timed("", clock)
    hits, cursor = len(first["hits"]), first["next"]
    second = None
    if cursor is not None:
        again = len((await asker.page(cursor))["hits"])
        second = times((await asker.timed(cursor, clock))[0], again)
    return Asked(times(database, hits), times(whole, hits), second, "until" in first)
