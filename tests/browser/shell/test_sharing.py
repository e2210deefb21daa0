"""What another app shares stands in the composer of the room that one chooses; for its owner alone, and for a while."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.shell.test_offline import log_in
from tests.search.conftest import becomes

# As a browser hands it over where the app is installed: a form, sent to the address of the manifest.
SHARE = """([text, name]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/share", enctype: "multipart/form-data" });
  for (const [field, value] of [["title", ""], ["text", text], ["url", text]]) {
    form.append(Object.assign(document.createElement("input"), { name: field, value }));
  }
  const input = Object.assign(document.createElement("input"), { type: "file", name: "files" });
  const files = new DataTransfer();
  if (name) files.items.add(new File(["shared bytes"], name, { type: "text/plain" }));
  input.files = files.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}"""
IS_KEPT = "async () => (await caches.keys()).some((name) => name.startsWith('kept-'))"
LINK = "https://example.org/a"
NOTHING = "Nothing was shared"


async def worker_is_there(page: Page) -> None:
    await page.evaluate("() => navigator.serviceWorker.register('/service-worker.js')")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")


async def share(page: Page, text: str, name: str = "") -> None:
    await page.evaluate(SHARE, [text, name])
    await page.wait_for_url("**/share")


async def test_what_is_shared_stands_in_the_composer_of_the_room_and_is_not_sent(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await worker_is_there(page)

    await share(page, LINK, "notes.txt")
    await expect(page.locator("#share-state")).to_contain_text(f"You share: {LINK}, notes.txt")
    await page.get_by_role("link", name="Lobby").click()

    await expect(alice.writing).to_have_value(LINK)
    await expect(page.locator("#tray")).to_contain_text("notes.txt")
    await expect(alice.texts).to_have_count(0)
    await expect(page).to_have_url(re.compile("^[^#]*$"))
    await page.goto(f"{alice.address}/share")
    await expect(page.locator("#share-state")).to_contain_text(NOTHING)


async def test_what_is_shared_survives_logging_in_and_is_for_nobody_else(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    for person in (alice, bob):
        await worker_is_there(person.page)
    page = alice.page

    for login, is_hers in (("alice", True), ("bob", False)):
        await alice.come_back()
        await becomes(lambda: page.evaluate(IS_KEPT), wanted=True)
        await page.context.clear_cookies()
        await page.evaluate(SHARE, [LINK, ""])
        await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        await log_in(page, login)
        await page.wait_for_url("**/share")
        await expect(page.locator("#share-state")).to_contain_text(LINK if is_hers else NOTHING)


async def test_what_is_shared_can_be_dropped(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await worker_is_there(page)
    await share(page, LINK)

    await page.get_by_role("button", name="Do not share it").click()
    await alice.is_up_to_date()

    assert await page.evaluate("() => caches.has('shared')") is False
