"""A whole Chromium: a headless shell grants the permission for notifications, and shows none."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser import chromium
from tests.browser.profiles import Profiles


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = chromium.find_whole(playwright.chromium.executable_path)
        chrome = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chrome
        await chrome.close()


@pytest.fixture(scope="session")
def profiles(chrome: Browser) -> Profiles:
    return Profiles(chrome, service_workers="allow")
