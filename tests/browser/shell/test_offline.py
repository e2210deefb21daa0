"""Without a network: what was seen last, said honestly; never while there is one; nothing after signing out."""

from typing import Any

from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect
from sqlalchemy import Engine, delete, text

from app.db.schema import sessions
from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.browser.profiles import worker_of
from tests.search.conftest import becomes
from tests.support.browsing import PASSWORD
from tests.support.sockets import until

KEPT = """async () => {
  const words = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith("kept-")) continue;
    const cache = await caches.open(name);
    for (const key of await cache.keys()) words.push(await (await cache.match(key)).text());
  }
  return words.join("\\n");
}"""
CACHES = "async () => (await caches.keys()).map((name) => name.replace(/-.*/, '')).sort()"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
# Its script has begun, and whatever it wrote is written: all writing is one after the other.
SHELL_RUNS = "() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/js/shell.js'))"
LEAVES = """async () => {
  await import(performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/js/shell.js")).name);
  await navigator.serviceWorker.ready;
  Object.defineProperty(document, "hidden", { value: true });
  document.dispatchEvent(new Event("visibilitychange"));
  await navigator.locks.request("kept", () => null);
}"""
HERE = "this is what was here at"
# What is tried every few seconds is tried ten times a second, and told.
HASTY = """(() => {
  const every = window.setInterval;
  window.setInterval = (what, ms) => every(() => { console.debug("tried"); what(); }, ms === 5_000 ? 100 : ms);
})()"""


async def keeps(person: Person, words: str) -> None:
    """The browser has these words, and its service worker answers for pages."""

    async def has() -> bool:
        return words in await person.page.evaluate(KEPT)

    await becomes(has, wanted=True)
    await person.page.wait_for_function(CONTROLLED)


async def cut_off(page: Page, path: str) -> None:
    await page.context.set_offline(True)
    await page.goto(path)


async def log_in(page: Page, login: str, **ticked: bool) -> None:
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.get_by_label("This is a shared computer").set_checked(ticked.get("shared", False))
    await page.click("button.form__submit")


async def test_without_a_network_what_was_seen_last_is_shown_and_a_draft_is_taken(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    await bob.send("hello *there*")
    await alice.sees("hello there")
    await keeps(alice, "hello *there*")
    page, line = alice.page, alice.page.locator("#connection")

    await cut_off(page, f"{alice.address}/rooms/1")
    await expect(line).to_contain_text(HERE)
    await alice.sees("hello there")
    await expect(page.locator(".message__author")).to_have_text("bob")
    await expect(page.locator("#rooms .rooms__room[aria-current]")).to_have_text("# Lobby", use_inner_text=True)
    await page.goto(f"{alice.address}/people")
    await expect(line).to_contain_text("this page comes when the network is back.")
    await page.locator("#rooms .rooms__room").click()
    await alice.sees("hello there")
    await alice.writing.fill("typed in a tunnel")

    await bob.send("and more")
    await bob.sees("hello there", "and more")
    await page.context.set_offline(False)  # the page comes anew by itself
    await alice.is_up_to_date()
    await alice.sees("hello there", "and more")
    await expect(alice.writing).to_have_value("typed in a tunnel")


async def test_a_page_that_comes_slowly_is_waited_for(visit: Visit, database: Engine) -> None:
    alice = await visit("alice", is_new=True)
    await keeps(alice, '"login":"alice"')
    page, asked, tries = alice.page, [], []
    await page.add_init_script(HASTY)
    await cut_off(page, f"{alice.address}/rooms/1")
    await expect(page.locator("#connection")).to_contain_text("Try now")
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)

    with database.begin() as conn:
        conn.execute(text("LOCK TABLE rooms"))
        await page.context.set_offline(False)
        asked_so_far = len(asked)  # while the worker of the page, and so the page, had its network back a moment later
        await until(lambda: asked)
        page.on("console", lambda line: tries.append(line.text) if line.text == "tried" else None)
        await until(lambda: len(tries) > 20)
        assert len(asked) <= asked_so_far + 1  # one may still fail that was asked for before the worker had it
    await alice.is_up_to_date()


async def test_the_reason_changes_with_the_network_while_one_looks(visit: Visit) -> None:
    """A browser may know only when the page stands that it is offline; Chromium 150 tells a page of it that is emulated
    no more once it has gone to another."""
    alice = await visit("alice", is_new=True)
    await keeps(alice, '"login":"alice"')
    page, line = alice.page, alice.page.locator("#connection")
    await page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => !window.isOffline });")

    await cut_off(page, f"{alice.address}/rooms/1")
    await expect(line).to_contain_text("The chat cannot be reached: ")
    await page.evaluate("() => { window.isOffline = true; window.dispatchEvent(new Event('offline')); }")

    await expect(line).to_contain_text("You are offline: ")


async def test_signing_out_leaves_nothing_for_whoever_comes_next(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await alice.send("a secret of alice")
    await keeps(alice, "a secret of alice")

    await page.locator("[popovertarget=settings]").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()

    await becomes(lambda: page.evaluate(CACHES), ["shell"])
    await cut_off(page, alice.address)
    await expect(page.locator("#connection")).to_contain_text("this page comes")
    await expect(page.locator("body")).not_to_contain_text("secret")
    await expect(page.locator("body")).not_to_contain_text("Lobby")


async def test_a_session_that_ended_elsewhere_takes_what_is_kept_with_it(
    visit: Visit, database: Engine, server: TestServer
) -> None:
    bob, alice = await visit("bob"), await visit("alice")
    page = alice.page
    await alice.send("a secret of alice")
    await keeps(alice, "a secret of alice")
    await alice.leave()
    with database.begin() as conn:
        conn.execute(delete(sessions))

    await page.goto(alice.address)
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await becomes(lambda: page.evaluate(CACHES), ["shell"])
    await log_in(page, "bob")
    await alice.is_up_to_date()
    await alice.sees("a secret of alice")  # bob is in the room, too
    await keeps(alice, '"login":"bob"')
    assert '"me":{"id":2' not in await page.evaluate(KEPT)
    bob.faults.clear()


async def test_on_a_shared_computer_nothing_is_kept(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await page.goto(f"{alice.address}/signout")
    await page.click("button.form__submit")
    await log_in(page, "alice", shared=True)
    await alice.is_up_to_date()
    await page.wait_for_function(SHELL_RUNS)
    await page.evaluate(LEAVES)

    assert await page.evaluate(CACHES) == ["shell"]
    assert await page.evaluate(KEPT) == ""


async def test_the_shell_of_an_older_release_goes_when_a_newer_one_comes(visit: Visit) -> None:
    alice = await visit()
    page = alice.page
    await page.goto(f"{alice.address}/login")
    await page.evaluate("async () => { await caches.open('shell-0123456789ab'); await caches.open('another'); }")

    await page.evaluate("() => navigator.serviceWorker.register('/service-worker.js')")

    async def names() -> list[str]:
        return sorted(await page.evaluate("() => caches.keys()"))

    async def is_alone() -> list[Any]:
        return [name for name in await names() if name.startswith("shell-0123456789ab")]

    await becomes(is_alone, [])
    assert [name.partition("-")[0] for name in await names()] == ["another", "shell"]


async def test_a_number_that_was_left_on_the_icon_goes_where_nothing_is_unread(visit: Visit) -> None:
    """What is asked of the browser: its icon cannot be seen from here."""
    alice = await visit("alice", is_new=True)
    await alice.page.add_init_script("navigator.setAppBadge = async (count) => void (window.onIcon = count);")

    await alice.page.goto(alice.address)

    await alice.page.wait_for_function("() => window.onIcon === 0")


async def test_the_number_on_the_icon_goes_when_one_signs_out(visit: Visit) -> None:
    """What the service worker asks of the browser, as above."""
    alice = await visit("alice", is_new=True)
    page = alice.page
    await page.wait_for_function(CONTROLLED)
    worker = await worker_of(page)
    await worker.evaluate("() => { navigator.clearAppBadge = async () => void (self.isClear = true); }")

    await page.locator("[popovertarget=settings]").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()

    await becomes(lambda: worker.evaluate("() => self.isClear === true"), wanted=True)


async def test_what_somebody_says_who_is_blocked_is_folded_without_a_network_too(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    page, text = alice.page, alice.page.locator("#log .message__text")
    await bob.send("buy my coins")
    await alice.sees("buy my coins")
    await page.goto(f"{alice.address}/people/bob")
    await page.get_by_role("button", name="Block").click()
    await expect(page.get_by_role("button", name="Unblock")).to_be_visible()
    await page.goto(alice.address)
    await keeps(alice, "From somebody you blocked")

    await cut_off(page, alice.address)

    await expect(page.locator("#connection")).to_contain_text(HERE)
    await expect(text).to_have_text("buy my coins")
    await expect(text).to_be_hidden()
