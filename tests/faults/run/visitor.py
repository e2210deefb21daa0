"""Somebody who goes from page to page all the time, and writes down what a person would call an error."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.faults.client.plan import Person

EVERY_S = 0.05
ANSWER_S = 30
PAGES = ("/", "/people", "/rooms/{room}", "/rooms/{room}/messages?before=9", "/search?q=a", "/settings", "/healthz")


class Visitor:
    """`troubles` has what was wrong, as sentences, with how often; `visits` counts the answers."""

    def __init__(self, url: str, person: Person) -> None:
        self._url, self._cookie = url, f"parley={person.cookie}"
        self._paths = [path.format(room=person.rooms[0]) for path in PAGES]
        self.troubles: Counter[str] = Counter()
        self.visits = 0

    async def visit_for_ever(self) -> None:
        """Ask for one page after the other, each over a connection of its own; endless."""
        connector, limit = TCPConnector(force_close=True), ClientTimeout(total=ANSWER_S)
        headers = {"Cookie": self._cookie}
        async with ClientSession(self._url, connector=connector, timeout=limit, headers=headers) as http:
            for path in itertools.cycle(self._paths):
                await self._visit(http, path)
                await asyncio.sleep(EVERY_S)

    async def _visit(self, http: ClientSession, path: str) -> None:
        try:
            async with http.get(path) as answer:
                await answer.read()
        except (ClientError, OSError, TimeoutError) as error:
            self.troubles[f"GET {path}: {type(error).__name__}"] += 1
            return
        self.visits += 1
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.url.path == "/login":
            self.troubles[f"GET {path}: {answer.status} {answer.url.path}"] += 1


@asynccontextmanager
async def visits(url: str, people: Iterable[Person]) -> AsyncIterator[list[Visitor]]:
    """A visitor for each of these people, who goes at the end."""
    visitors = [Visitor(url, person) for person in people]
    visiting = [asyncio.create_task(visitor.visit_for_ever()) for visitor in visitors]
    try:
        yield visitors
    finally:
        for task in visiting:
            task.cancel()
        await asyncio.gather(*visiting, return_exceptions=True)
