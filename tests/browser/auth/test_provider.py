"""The button that leads to the provider and back, in a browser that holds forms to their policy."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import expect
from sqlalchemy import Engine

from tests.browser.conftest import Visit
from tests.conftest import make_config
from tests.providers.conftest import BACK
from tests.providers.house import CLIENT, SECRET, House, house
from tests.support.apps import make_app


@pytest_asyncio.fixture(loop_scope="session")
async def provider() -> AsyncIterator[House]:
    async with house() as provider:
        yield provider


@pytest_asyncio.fixture(loop_scope="session")
async def server(database: Engine, unhurried: None, provider: House) -> AsyncIterator[TestServer]:
    ours = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    app = make_app(make_config(database, **ours, oidc_name="Example Org"))
    server = TestServer(app)
    async with server:
        provider.register(str(server.make_url(BACK)))
        yield server


async def test_the_button_leads_to_the_provider_and_back_to_where_one_was_going(
    visit: Visit, server: TestServer, provider: House
) -> None:
    ada = await visit(is_new=True)
    page = ada.page
    await page.goto(f"{ada.address}/settings")

    await page.get_by_role("button", name="Log in with Example Org").click()

    await expect(page.get_by_text("Your login is ada.")).to_be_visible()
    assert page.url == f"{ada.address}/settings"
    assert "/authorization" in provider.asked
