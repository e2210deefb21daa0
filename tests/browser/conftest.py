"""Real browsers on the real application: one Chromium per run, a profile per person."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, async_playwright, expect
from sqlalchemy import Engine, func, insert, select, update

from app.db.schema import memberships, messages, rooms, users
from tests.browser import chromium
from tests.browser.person import Person
from tests.browser.profiles import Profiles
from tests.conftest import make_config
from tests.support.apps import make_app
from tests.support.load import PATIENCE_S

expect.set_options(timeout=PATIENCE_S * 1_000)
SESSION_LOOP = pytest.mark.asyncio(loop_scope="session")

Visit = Callable[..., Awaitable[Person]]
Fill = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives as long as the run, so its tests share one event loop."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(SESSION_LOOP, append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        try:
            path = chromium.find(playwright.chromium.executable_path)
        except chromium.NoBrowser as error:
            pytest.fail(str(error), pytrace=False)
        chrome = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chrome
        await chrome.close()


@pytest.fixture(scope="session")
def profiles(chrome: Browser) -> Profiles:
    return Profiles(chrome)


@pytest_asyncio.fixture(loop_scope="session")
async def server(database: Engine, unhurried: None, tmp_path: Path) -> AsyncIterator[TestServer]:
    """The whole application, on the event loop of the browser; cheap password hashes."""
    app = make_app(make_config(database, parley_data=tmp_path / "data"))
    async with TestServer(app) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def visit(profiles: Profiles, server: TestServer) -> AsyncIterator[Visit]:
    """Opens a browser of its own for somebody; in the end nothing may be wrong on anyone's console.

    `is_new`: its profile is new, and nobody uses it afterwards; so it is with any option. For a test that changes its
    browser in a way that `Profiles` cannot undo.
    """
    people = []
    async with AsyncExitStack() as stack:

        async def open_browser(
            login: str = "", name: str = "", *, port: int | None = None, is_new: bool = False, **options: Any
        ) -> Person:
            is_usual = not (is_new or options)
            page = await (profiles.take() if is_usual else profiles.new(**options))
            person = Person(page, f"http://127.0.0.1:{port or server.port}")
            if is_usual:
                stack.push_async_callback(profiles.give_back, page, person.address)
            else:
                stack.push_async_callback(page.context.close)
            stack.callback(person.watch_no_longer)
            people.append(person)
            if login:
                await person.join(server, login, name)
            return person

        yield open_browser
    assert [person.faults for person in people] == [[] for _ in people]


@pytest.fixture
def fill(database: Engine) -> Fill:
    """Writes `count` messages of somebody who has an account already; `read`: everyone has seen them."""

    def fill(login: str, count: int, text: str = "message {}", *, read: bool = True) -> None:
        with database.begin() as conn:
            author = conn.scalar(select(users.c.id).where(users.c.login == login))
            start = conn.scalar(select(func.max(rooms.c.last_seq))) or 0
            rows = [
                {"room_id": 1, "seq": seq, "rev": seq, "author_id": author, "client_id": uuid.uuid4()}
                | {"body": text.format(seq)}
                for seq in range(start + 1, start + count + 1)
            ]
            conn.execute(insert(messages), rows)
            conn.execute(update(rooms).values(last_seq=start + count, last_rev=start + count))
            if read:
                conn.execute(update(memberships).values(read_seq=start + count))

    return fill
