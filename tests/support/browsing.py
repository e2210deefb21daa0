"""A browser without JavaScript: cookies, no redirects followed, forms with their hidden fields."""

import functools
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import Any

from aiohttp import ClientResponse, ClientTimeout, ClientWebSocketResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from tests.support.load import PATIENCE_S

PASSWORD = "correct horse 9"


class Browser(TestClient):
    """Asks one server; keeps its own cookies. Answers are read whole, so nobody has to close them."""

    def __init__(self, server: TestServer, **headers: str) -> None:
        patience = ClientTimeout(total=2 * PATIENCE_S)  # aiohttp's own has half a minute for a connection
        super().__init__(server, cookie_jar=CookieJar(unsafe=True), headers=headers, timeout=patience)
        self.sockets: list[ClientWebSocketResponse] = []

    async def ask(self, method: str, path: str | URL, **options: Any) -> "Answer":
        async with self.request(method, path, **{"allow_redirects": False, **options}) as response:
            return Answer(response, (await response.read()).decode())

    async def submit(
        self, path: str, headers: dict[str, str] | None = None, *, to: str | None = None, **fields: str
    ) -> "Answer":
        """Open the form at `path`, fill it in and send it; `to` another path, where the page has several forms."""
        page = await self.ask("GET", path, headers=headers)
        return await self.ask("POST", to or path, data={**page.hidden, **fields}, headers=headers)

    async def sign_up(self, login: str, password: str = PASSWORD, **fields: str) -> "Answer":
        return await self.submit("/signin", login=login, password=password, password2=password, **fields)

    async def log_in(self, login: str, password: str = PASSWORD, **fields: str) -> "Answer":
        return await self.submit("/login", login=login, password=password, **fields)

    async def sign_out(self) -> "Answer":
        return await self.submit("/signout")

    def steal(self, cookie: str | None) -> None:
        """Use another browser's cookie."""
        self.session.cookie_jar.update_cookies({"parley": cookie or ""}, self.make_url("/"))

    def cookie(self, name: str = "parley") -> str | None:
        return next((morsel.value for morsel in self.session.cookie_jar if morsel.key == name), None)


class Answer:
    def __init__(self, response: ClientResponse, text: str) -> None:
        self.status, self.headers, self.text = response.status, response.headers, text
        self._is_page = response.content_type == "text/html"

    @functools.cached_property
    def _page(self) -> "_Page":
        page = _Page()
        if self._is_page:
            page.feed(self.text)
        return page

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def hidden(self) -> dict[str, str]:
        return self._page.hidden

    def input(self, name: str) -> dict[str, str | None]:
        """The attributes of an input."""
        return self._page.inputs[name]

    def reason_at(self, name: str) -> str:
        """The hint or the reason beside an input."""
        return self._page.texts.get(str(self.input(name).get("aria-describedby")), "")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.inputs: dict[str, dict[str, str | None]] = {}
        self.texts: dict[str, str] = {}
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("name")
        self._open = attributes.get("id") if tag != "input" else None
        if tag == "input" and name:
            self.inputs[name] = attributes
            if attributes.get("type") == "hidden":
                self.hidden[name] = attributes.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open] = self.texts.get(self._open, "") + data.strip()


Browsers = Callable[..., Browser]
Open = Callable[..., Browser]


@asynccontextmanager
async def opening() -> AsyncIterator[Open]:
    """Opens browsers on servers, and closes them all at the end."""
    opened: list[Browser] = []

    def open_browser(server: TestServer, **headers: str) -> Browser:
        opened.append(Browser(server, **headers))
        return opened[-1]

    yield open_browser
    for browser in opened:
        for ws in browser.sockets:
            await ws.close()  # or its connection is found unclosed whenever the garbage collector comes by
        await browser.session.close()


def refused(answer: Answer, status: int) -> bool:
    """Whether the answer is a page that says what went wrong, and nothing more."""
    return answer.status == status and "<form" not in answer.text and "<main" in answer.text


def state_in(page: str) -> dict[str, Any]:
    """What the page of a room gives to its scripts, found as a browser does."""
    found = re.search(r'<script type="application/json" id="state">(.*?)</script', page, re.DOTALL | re.IGNORECASE)
    assert found
    return dict(json.loads(found[1]))
