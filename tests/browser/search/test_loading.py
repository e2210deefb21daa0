"""The script of the search box comes when the box is first opened, over whatever network there is."""

import asyncio

from playwright.async_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.rooms.test_rooms import make_room
from tests.browser.search.finding import box, names, typed

SCRIPT = "**/js/search.js"


async def test_what_is_typed_while_the_box_loads_is_looked_for_and_opened(visit: Visit) -> None:
    alice = await visit("alice")
    await make_room(alice, "Harbour")
    page, may_come = alice.page, asyncio.Event()

    async def wait(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route(SCRIPT, wait)
    await page.goto(f"{alice.address}/rooms/1")
    await alice.is_up_to_date()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("Harb")
    await expect(typed(alice)).to_have_value("Harb")
    await expect(box(alice).get_by_role("status")).to_have_text("One moment …")
    await page.keyboard.press("Enter")
    may_come.set()

    await page.wait_for_url("**/rooms/2")
    await expect(box(alice)).to_be_hidden()


async def test_a_box_that_another_version_replaced_meanwhile_is_there_after_a_reload(visit: Visit) -> None:
    alice = await visit("alice", is_new=True)  # no pointer that stands where the script is fetched ahead
    page, asked = alice.page, 0

    async def gone_twice(route: Route) -> None:
        nonlocal asked
        asked += 1
        await (route.fulfill(status=404) if asked <= 2 else route.continue_())

    await page.route(SCRIPT, gone_twice)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("lob")

    async with page.expect_event("domcontentloaded"):
        await expect(box(alice).get_by_role("status")).to_contain_text("renewed")
    await expect(typed(alice)).to_have_value("lob")
    await expect(names(alice)).to_have_text(["Lobby"])
