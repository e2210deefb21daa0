"""Profiles of the browser, used again where a test leaves one as it was: the first page in a new one costs twice."""

import asyncio
from typing import Any, Literal

from playwright.async_api import Browser, Error, Page, Worker

from tests.support.load import PATIENCE_S

STILL = "/healthz"  # of the same site, or the page would go to a new process of the browser


class Profiles:
    """Pages, each alone in a profile that nobody else uses meanwhile."""

    def __init__(self, chrome: Browser, service_workers: Literal["allow", "block"] = "block") -> None:
        """`service_workers`: where they run, no test can come between a page and the server (`page.route`)."""
        self._chrome = chrome
        self._options: dict[str, Any] = {"viewport": {"width": 1180, "height": 760}, "service_workers": service_workers}
        self._spare: list[Page] = []

    async def take(self) -> Page:
        """A page that has been nowhere, or is as if it had."""
        return self._spare.pop() if self._spare else await self.new()

    async def new(self, **options: object) -> Page:
        """A page in a new profile."""
        context = await self._chrome.new_context(**self._options | options)
        context.set_default_timeout(PATIENCE_S * 1_000)
        return await context.new_page()

    async def give_back(self, page: Page, origin: str) -> None:
        """Make a page as if it had been nowhere; where that fails its profile is closed."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _clean(page, origin)
        except (Error, TimeoutError):
            await page.context.close()
        else:
            self._spare.append(page)


async def worker_of(page: Page) -> Worker:
    """The service worker of a page, of which Playwright may learn later than the page."""
    there = page.context.service_workers
    return there[0] if there else await page.context.wait_for_event("serviceworker")


async def _clean(page: Page, origin: str) -> None:
    """Remove what a site and a test can leave: other tabs, routes, what is stored.

    What stays is the page's history, and what was compiled. Each test has an origin of its own, by the server's port,
    until the machine has used all ports.
    """
    for other in page.context.pages:
        if other is not page:
            await other.close()
    await page.unroute_all()
    await page.context.set_offline(False)
    await page.goto(f"{origin}{STILL}")  # first, as pages store things when they are left
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    await devtools.detach()
    await page.context.clear_cookies()
