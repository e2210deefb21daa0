"""Files from the page to the room: chosen in every way, and there once, whatever comes between."""

import asyncio

import pytest
from playwright.async_api import CDPSession, Page, Route, expect
from sqlalchemy import Engine, delete, insert

from app.db.tables.files import blobs
from tests.browser.conftest import Visit
from tests.browser.files.giving import choose, give, offsets, photo, picture
from tests.browser.person import Person

TRAY = "#tray > li"
SENT = '.message[data-status="sent"]'
PHONE = {"viewport": {"width": 412, "height": 823}, "is_mobile": True, "has_touch": True}
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SHOWN = "image => image.complete && image.naturalWidth > 0 && image.src"


async def is_shown(page: Page, count: int = 1) -> None:
    """So many pictures of the room are there, with their pixels."""
    images = page.locator(f"{SENT} .picture__image")
    await expect(images).to_have_count(count)
    for index in range(count):
        await images.nth(index).scroll_into_view_if_needed()
        await page.wait_for_function(SHOWN, arg=await images.nth(index).element_handle())


async def send_slowly(person: Person, bytes_a_second: int, text: str) -> CDPSession:
    """Send a photo with a text; returns the network, which takes so much. It stays so: the profile is to be new."""
    network = await person.page.context.new_cdp_session(person.page)
    slow = SLOW_3G | {"uploadThroughput": bytes_a_second, "latency": 20}
    await network.send("Network.emulateNetworkConditions", slow)
    await give(person.page, "drop", photo())
    await person.send(text)
    return network


@pytest.mark.parametrize("kind", ["paste", "drop"])
async def test_a_picture_that_is_given_is_in_the_tray_and_then_in_the_room(visit: Visit, kind: str) -> None:
    alice, bob = await visit("alice"), await visit("bob")

    goes_on = await give(alice.page, kind, picture(f"{kind}.png"), picture("second.png", color="red"))  # type: ignore[arg-type]
    assert not goes_on
    await expect(alice.page.locator(TRAY)).to_have_count(2)
    added = alice.page.get_by_role("status").filter(has_text=f"Added {kind}.png, second.png. 2 files in the message")
    await expect(added).to_be_attached()
    await alice.send("two of them")

    await expect(alice.page.locator("#tray")).to_be_hidden()
    await alice.has_all_sent()
    await bob.sees("two of them")
    await is_shown(bob.page, 2)
    await alice.reload()
    await is_shown(alice.page, 2)
    await expect(alice.page.locator("#tray")).to_be_hidden()


async def test_enter_right_after_a_paste_sends_both_before_the_scripts_for_it_are_there(visit: Visit) -> None:
    alice = await visit("alice", is_new=True)  # no pointer that stands where the script is fetched ahead
    is_submitted = asyncio.Event()

    async def late(route: Route) -> None:
        await is_submitted.wait()
        await route.continue_()

    await alice.page.route("**/js/files.js", late)

    await give(alice.page, "paste", picture())
    await alice.send("at once")
    await expect(alice.writing).to_have_value("at once")
    is_submitted.set()

    await expect(alice.writing).to_have_value("")
    await alice.has_all_sent()
    await alice.sees("at once")
    await is_shown(alice.page)


async def test_a_picture_needs_no_words_and_can_be_described(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    page = alice.page

    await give(page, "paste", picture())
    await page.get_by_role("button", name="Describe boat.png").click()
    await page.fill("#description-text", "a boat in the harbour")
    await page.keyboard.press("Enter")
    await expect(page.locator(".tray__words")).to_have_text("Described")
    await expect(alice.writing).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(bob.page.locator(f"{SENT} .picture__image")).to_have_attribute("alt", "a boat in the harbour")
    await bob.sees("")


async def test_words_for_a_picture_outlive_a_reload_while_they_are_typed(visit: Visit) -> None:
    alice = await visit("alice")
    await choose(alice.page, picture())
    await alice.page.get_by_role("button", name="Describe boat.png").click()
    await alice.page.keyboard.type("A boat on a lake")

    await alice.reload()

    await expect(alice.page.get_by_role("button", name="boat.png: A boat on a lake. Change")).to_be_visible()


async def test_what_is_removed_from_the_tray_does_not_go_and_can_be_taken_back(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await choose(page, picture("one.png"), picture("two.png"), ("notes.pdf", "application/pdf", b"%PDF-1.4 " * 300))
    await expect(page.locator(TRAY)).to_have_count(3)

    await page.get_by_role("button", name="Remove one.png").click()
    await page.get_by_role("button", name="Remove two.png").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(TRAY)).to_have_count(2)
    await alice.send("what is left")

    await alice.has_all_sent()
    await is_shown(page)
    await expect(page.locator(f"{SENT} .file__name")).to_have_text("notes.pdf")


async def test_the_tray_is_there_after_a_reload_and_in_another_tab(visit: Visit) -> None:
    alice = await visit("alice")
    await give(alice.page, "paste", picture())
    await expect(alice.page.locator(f"{TRAY}[data-whole]")).to_have_count(1)

    await alice.reload()

    await expect(alice.page.locator(f"{TRAY}[data-whole]")).to_have_count(1)
    other = await alice.page.context.new_page()
    await other.goto(alice.address)
    await expect(other.locator(TRAY)).to_have_count(1)
    await other.press("#text", "Enter")
    await is_shown(other)
    await expect(alice.page.locator("#tray")).to_be_hidden()
    await is_shown(alice.page)


async def test_what_cannot_be_sent_is_said_in_a_sentence_and_nothing_is_lost(visit: Visit) -> None:
    alice = await visit("alice")
    page, note = alice.page, alice.page.locator("#note")

    await page.evaluate("document.getElementById('files').dataset.maxBytes = 5_000")
    await give(page, "paste", ("film.mov", "video/quicktime", b"x" * 5_001), picture())
    await expect(note).to_have_text("“film.mov” is too large: 4.8 KB is the most. It was not added.")
    await expect(page.locator(TRAY)).to_have_count(1)
    await choose(page, *(picture(f"{number}.png") for number in range(12)))
    await expect(note).to_have_text("A message takes 10 files: 3 not added.")
    await expect(page.locator(TRAY)).to_have_count(10)


async def test_text_from_a_table_is_pasted_as_text_though_it_is_a_picture_too(visit: Visit) -> None:
    alice = await visit("alice")

    goes_on = await alice.page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["x"], "image.png", {type: "image/png"}));
          transfer.setData("text/plain", "a\\tb");
          transfer.setData("text/html", "<table></table>");
          const event = new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true});
          return document.querySelector("#text").dispatchEvent(event);
        }"""
    )

    assert goes_on
    await expect(alice.page.locator("#tray")).to_be_hidden()


async def test_a_reload_in_the_middle_goes_on_where_it_was(visit: Visit) -> None:
    alice = await visit("alice", is_new=True)
    page = alice.page
    await send_slowly(alice, 100_000, "from the ferry")
    await page.wait_for_function("() => document.querySelector('.upload__bar')?.value > 0.4")

    pieces = offsets(alice)
    await alice.reload()
    await expect(page.locator(".upload")).to_have_count(1)

    await is_shown(page)
    await alice.has_all_sent()
    await alice.sees("from the ferry")
    assert pieces[0] > 0


async def test_a_phone_sends_a_photo_of_twelve_megapixels_over_a_slow_network_with_a_cut(visit: Visit) -> None:
    alice, bob = await visit("alice", **PHONE), await visit("bob")
    page = alice.page
    given = photo()
    await choose(page, picture())  # what is needed for it is here already
    await page.get_by_role("button", name="Remove boat.png").click()
    pieces = offsets(alice)
    network = await page.context.new_cdp_session(page)
    await network.send("Network.emulateNetworkConditions", SLOW_3G | {"uploadThroughput": 100_000})
    await choose(page, given)
    await page.fill("#text", "from the train")
    await page.click(".composer__send")
    await page.wait_for_function("() => document.querySelector('.upload__bar')?.value > 0.5")

    await network.send("Network.emulateNetworkConditions", SLOW_3G | {"offline": True})
    await expect(page.locator(".message__reason").last).to_have_text("Waiting for the network")
    await network.send("Network.emulateNetworkConditions", SLOW_3G | {"uploadThroughput": 400_000})

    await bob.sees("from the train")
    await is_shown(bob.page)
    assert len([offset for offset in pieces if offset == 0]) == 1, pieces


async def test_a_message_is_called_off_and_taken_back_while_its_file_is_on_its_way(visit: Visit) -> None:
    alice = await visit("alice", is_new=True)
    page = alice.page
    network = await send_slowly(alice, 100_000, "not yet")

    await page.click(".upload .message__action")
    await expect(page.locator(".message")).to_have_count(0)
    await network.send("Network.emulateNetworkConditions", SLOW_3G | {"uploadThroughput": -1, "latency": 0})
    await page.get_by_role("button", name="Undo").click()

    await alice.has_all_sent()
    await alice.sees("not yet")
    await is_shown(page)


async def test_the_keyboard_alone_adds_describes_removes_and_sends(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    async with page.expect_file_chooser() as chooser:
        await page.keyboard.press("Tab")
        await expect(page.locator("#attach")).to_be_focused()
        await page.keyboard.press("Enter")
    files = [
        {"name": name, "mimeType": type, "buffer": content} for name, type, content in (picture(), picture("b.png"))
    ]
    await (await chooser.value).set_files(files)  # type: ignore[arg-type]
    await expect(page.locator(TRAY)).to_have_count(2)
    await expect(alice.writing).to_be_focused()

    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Remove b.png")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(TRAY)).to_have_count(1)
    await expect(alice.writing).to_be_focused()
    await page.keyboard.press("Enter")

    await alice.has_all_sent()
    await is_shown(page)


async def test_a_full_server_says_so_in_the_tray_and_the_picture_goes_once_there_is_room(
    visit: Visit, database: Engine
) -> None:
    alice = await visit("alice")
    page = alice.page
    with database.begin() as conn:
        conn.execute(insert(blobs).values(size=10_240 * 1024 * 1024, sha256=b"\0" * 32, place="database"))

    await give(page, "paste", picture())
    await expect(page.locator("#note")).to_contain_text("“boat.png”: This chat has no room for more files.")
    await alice.send("it stays here")
    await expect(alice.writing).to_have_value("it stays here")
    await expect(page.locator(f"{TRAY}[data-refused]")).to_have_count(1)
    with database.begin() as conn:
        conn.execute(delete(blobs))
    await page.get_by_role("button", name="Try again", exact=True).click()
    await expect(page.locator(f"{TRAY}[data-whole]")).to_have_count(1)
    await page.press("#text", "Enter")

    await alice.has_all_sent()
    await alice.sees("it stays here")
    await is_shown(page)
