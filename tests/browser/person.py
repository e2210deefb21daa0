"""A person at a browser: what one does and sees on the chat page."""

from aiohttp.test_utils import TestServer
from playwright.async_api import ConsoleMessage, Error, Page, expect

from tests.support.browsing import opening

NOTHING_UNSENT = "() => !Object.keys(localStorage).some((key) => key.startsWith('parley:outbox:'))"

# What a browser itself writes to the console: while there is no network, of pushes in a profile that is not kept, and
# where Playwright lets no service worker in.
NOISE = ("net::ERR_", "WebSocket connection to", "Failed to load resource", "ERR_CONNECTION", "Push API in incognito")
NOISE += ("Service Worker registration blocked by Playwright",)


class Person:
    """See the module. `faults` collects what should never be on a console, network trouble aside."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        self.texts = page.locator("#log .message__text")
        self.writing = page.locator("#text")
        page.on("console", self._on_line)
        page.on("pageerror", self._on_error)

    def _on_line(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning") and not any(noise in line.text for noise in NOISE):
            self.faults.append(line.text)

    def _on_error(self, error: Error) -> None:
        self.faults.append(str(error))

    def watch_no_longer(self) -> None:
        """Leave the page to another person."""
        self.page.remove_listener("console", self._on_line)
        self.page.remove_listener("pageerror", self._on_error)

    async def join(self, server: TestServer, login: str, name: str = "") -> None:
        """Create an account, and open the chat. The form is sent without the page, which saves half a second."""
        async with opening() as open_form:
            form = open_form(server)
            assert (await form.sign_up(login, display_name=name or login)).status == 303
        cookie = {"name": "parley", "value": form.cookie(), "url": self.address}
        await self.page.context.add_cookies([cookie])
        await self.come_back()

    async def is_up_to_date(self) -> None:
        await expect(self.page.locator("#status")).to_have_text(" · up to date")

    async def reload(self) -> None:
        await self.page.reload()
        await self.is_up_to_date()

    async def leave(self) -> None:
        """Go away from the chat, so that nothing is read here until one comes back."""
        await self.page.goto("about:blank")

    async def come_back(self) -> None:
        await self.page.goto(self.address)
        await self.is_up_to_date()

    async def send(self, text: str) -> None:
        await self.writing.fill(text)
        await self.writing.press("Enter")

    async def sees(self, *texts: str, timeout: float | None = None) -> None:
        """Exactly these messages, in this order, each once."""
        await expect(self.texts).to_have_text(list(texts), timeout=timeout)

    async def has_all_sent(self) -> None:
        """All that was typed is acknowledged. It is kept from the key stroke on, and drawn only later, up to a second
        on a busy machine: whoever points at it waits with `sees` first."""
        await self.page.wait_for_function(NOTHING_UNSENT)
        await expect(self.page.locator('.message:not([data-status="sent"])')).to_have_count(0)

    async def top_of(self, selector: str) -> float:
        return float(await self.page.locator(selector).evaluate("element => element.getBoundingClientRect().top"))

    async def is_at_end(self) -> None:
        """The end of the messages is in view."""
        await self.page.wait_for_function("() => document.getElementById('timeline')?.scrollTop === 0")

    async def stands(self, selector: str, top: float) -> None:
        """What stood there comes to stand there again, to the pixel or nearly so."""
        script = (
            "([selector, top]) => Math.abs(document.querySelector(selector)?.getBoundingClientRect().top - top) < 2"
        )
        await self.page.wait_for_function(script, arg=[selector, top])
