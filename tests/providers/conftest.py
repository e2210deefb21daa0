"""A chat whose people log in by a provider, and the way there and back as a browser goes it."""

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from yarl import URL

from tests.conftest import Serve
from tests.providers.house import CLIENT, SECRET, House, house
from tests.support.browsing import Answer, Browser

START, BACK = "/login/provider", "/login/provider/callback"


@pytest.fixture
async def provider() -> AsyncIterator[House]:
    async with house() as provider:
        yield provider


async def serve_with(serve: Serve, provider: House, **settings: Any) -> TestServer:
    """A chat that this provider knows."""
    ours: dict[str, Any] = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    server = await serve(**(ours | {"oidc_name": "Example Org"} | settings))
    provider.register(str(server.make_url(BACK)))
    return server


@pytest.fixture
async def server(serve: Serve, provider: House) -> TestServer:
    return await serve_with(serve, provider)


async def way_there(person: Browser, page: str = "/login", to: str = START, **fields: str) -> str:
    """Press the button; where it leads."""
    answer = await person.submit(page, None, to=to, **fields)
    assert answer.status == 200, (answer.status, answer.text)
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found is not None, answer.text
    return unescape(found[1])


async def way_back(there: str) -> str:
    """Ask the provider; the address on which it sends the browser back."""
    async with ClientSession() as session, session.get(URL(there, encoded=True), allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return response.headers["Location"]


async def arrive(person: Browser, back: str) -> Answer:
    """Follow the provider's redirect, as a browser does: from another site."""
    return await person.ask("GET", URL(back, encoded=True).relative(), headers={"Sec-Fetch-Site": "cross-site"})


async def log_in(person: Browser, page: str = "/login", **fields: str) -> Answer:
    """All the way."""
    return await arrive(person, await way_back(await way_there(person, page, **fields)))
