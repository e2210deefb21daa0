"""The core of it in Firefox: an account, chat, a lost network, files, search."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.firefox.bidi import Tab, firefox
from tests.browser.search.finding import is_found
from tests.support.browsing import PASSWORD
from tests.support.proxy import Proxy

UP_TO_DATE = "document.getElementById('status').textContent"
TEXTS = "[...document.querySelectorAll('#log .message__text')].map((each) => each.textContent)"
ALL_SENT = "document.querySelectorAll('.message:not([data-status=sent])').length === 0"


async def is_up_to_date(tab: Tab) -> None:
    await tab.until(UP_TO_DATE, " · up to date")


async def create_account(tab: Tab, address: str, login: str) -> None:
    await tab.go(f"{address}/signin")
    for field, typed in (("login", login), ("password", PASSWORD), ("password2", PASSWORD)):
        await tab.type(f"#{field}", typed)
    await tab.click("button.form__submit")
    await is_up_to_date(tab)


async def test_account_chat_reconnect_files_and_search_work_in_firefox(
    server: TestServer, visit: Visit, tmp_path: Path
) -> None:
    async with firefox() as browser, Proxy(server.port) as proxy:
        tab = await browser.new_tab()
        await create_account(tab, f"http://127.0.0.1:{proxy.port}", "foxy")
        bob = await visit("bob")

        await chat(tab, bob_says=bob.send)
        await bob.sees("hello from firefox", "hello from chromium")
        await lose_network(tab, proxy)
        await bob.sees("hello from firefox", "hello from chromium", "typed without a network")
        await send_file(tab, tmp_path / "notes.txt")
        await expect(bob.page.locator("#log .file__name")).to_contain_text("notes")
        await is_found(bob, "chromium")
        await search(tab)

        assert browser.faults == []


async def chat(tab: Tab, bob_says: Callable[[str], Awaitable[None]]) -> None:
    """Talk with somebody in another browser."""
    await tab.type("#text", "hello from firefox", "Enter")
    await tab.until(TEXTS, ["hello from firefox"])
    await tab.until(ALL_SENT)
    await bob_says("hello from chromium")
    await tab.until(TEXTS, ["hello from firefox", "hello from chromium"])


async def lose_network(tab: Tab, proxy: Proxy) -> None:
    """Type while there is none; it is sent once there is one again, and stands there once, after a reload too."""
    proxy.cut()
    await tab.type("#text", "typed without a network", "Enter")
    await tab.until(f"({TEXTS}).at(-1)", "typed without a network")
    assert not await tab.look(ALL_SENT)
    proxy.mend()
    await tab.until(ALL_SENT)
    await tab.reload()
    await is_up_to_date(tab)
    await tab.until(TEXTS, ["hello from firefox", "hello from chromium", "typed without a network"])


async def send_file(tab: Tab, path: Path) -> None:
    """Send a file by itself."""
    await asyncio.to_thread(path.write_text, "some notes")
    await tab.choose("#files", path)
    await tab.until("document.getElementById('tray').textContent.includes('notes.txt')")
    await tab.click(".composer__send")
    await tab.until("[...document.querySelectorAll('#log .message')].at(-1).textContent.includes('notes.txt')")
    await tab.until(ALL_SENT)


async def search(tab: Tab) -> None:
    """Find a message by a word of it, and go there."""
    await tab.click("#search-open")
    await tab.type("#search-text", "chromium")
    await tab.until("document.querySelector('#search-list .hit__excerpt')?.textContent.includes('hello from chromium')")
    await tab.type("#search-text", "", "Enter")  # its line may be drawn anew while one would point at it
    await tab.until("location.pathname", "/rooms/1/2")
    await tab.until("document.querySelector('.message[data-marked]')?.dataset.seq", "2")
