"""People in the Lobby, each with a browser and a socket."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import event

from app.db.driver.connection import Connection
from app.db.driver.engine import ENGINE
from app.db.driver.prepared import Prepared
from app.db.embedded import embedded
from tests.chat.mortal import Mortal
from tests.conftest import Serve
from tests.support.browsing import Browser, Open
from tests.support.loops import is_in_loop
from tests.support.sockets import Socket, open_socket


@dataclass
class Member:
    """Someone with an account, and a socket that has said hello."""

    browser: Browser
    socket: Socket
    hello: dict[str, Any]

    @property
    def author(self) -> dict[str, Any]:
        return dict(self.hello["user"])

    @property
    def named(self) -> dict[str, Any]:
        """As a quote, a reaction and another process's typing name them."""
        return {key: self.author[key] for key in ("id", "login", "name")}

    @property
    def app(self) -> web.Application:
        """The app that this person is connected to."""
        return self.browser.server.app

    async def history(self, room: int = 1, **query: Any) -> dict[str, Any]:
        """A page of history."""
        async with self.browser.get(f"/api/rooms/{room}/messages", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def reconnect(self) -> "Member":
        """The same person on a new socket; the old one is closed."""
        await self.socket.ws.close()
        return await member(self.browser)

    async def resume(self, cursor: int, room: int = 1, epoch: str | None = None) -> None:
        await self.socket.say(type="resume", epoch=epoch or self.hello["epoch"], rooms={room: cursor})


@contextmanager
def statements_of(server: TestServer) -> Iterator[list[tuple[str, Any]]]:
    """What the app asks its database for meanwhile, with the parameters; without changes of messages and its loops."""
    asked: list[tuple[str, Any]] = []
    run = Prepared.run

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not is_in_loop():
            asked.append((statement, parameters))

    async def noted(self: Prepared, conn: Connection, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        if not is_in_loop():
            asked.append((self.whole, self.texts.constants | parameters))
        return await run(self, conn, parameters)

    engine = server.app[ENGINE].sync_engine
    event.listen(engine, "before_cursor_execute", note)
    Prepared.run = noted  # type: ignore[method-assign]
    yield asked
    Prepared.run = run  # type: ignore[method-assign]
    event.remove(engine, "before_cursor_execute", note)


async def member(browser: Browser) -> Member:
    """Someone who is logged in, on a new socket that follows every room: it gets all that passes through them."""
    socket = await open_socket(browser)
    hello = await socket.until("hello")
    await socket.settle()
    return Member(browser, socket, hello)


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    """The app, with a rate that these tests do not run into."""
    return await serve(post_rate=1_000_000, post_burst=1_000_000)


@pytest.fixture
def mortal(used_folder: Path) -> Iterator[Mortal]:
    with embedded.running(used_folder, print, connections=90) as server:
        yield Mortal(server, used_folder)


Join = Callable[..., Awaitable[Member]]


@pytest.fixture
def join(server: TestServer, open_browser: Open) -> Join:
    """Creates an account and opens a socket: `alice = await join("alice")`; on another server with `at=`."""

    async def join_as(login: str, at: TestServer = server) -> Member:
        browser = open_browser(at)
        assert (await browser.sign_up(login)).status == 303
        return await member(browser)

    return join_as
