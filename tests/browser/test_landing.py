"""What stands where while a page loads: nothing moves under the reader's eyes, on a slow machine too."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, Route
from sqlalchemy import Engine, func, text, update

from app.db.schema import memberships, messages
from tests.browser.conftest import Fill, Visit

PHONE = {"viewport": {"width": 412, "height": 823}, "is_mobile": True, "has_touch": True}
WIDE = {"viewport": {"width": 1350, "height": 940}}
BOUND = 0.05  # a tenth is what the web calls good
# Lines of other heights as markup, an emoji or an address have them; read in another zone than the server's.
TEXT = "**{0}**\n- one\n- two"

WATCH = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({type: "layout-shift", buffered: true});
"""


async def once_painted(page: Page, route: Route) -> None:
    """The script comes so late that the page has been looked at already."""
    await page.locator("#whole").wait_for(state="attached")
    await page.evaluate("() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))")
    await route.continue_()


@pytest.mark.parametrize("screen", [PHONE, WIDE], ids=["phone", "wide"])
async def test_nothing_moves_while_the_page_loads(
    visit: Visit, fill: Fill, database: Engine, screen: dict[str, Any]
) -> None:
    await visit("alice")
    bob = await visit("bob", timezone_id="America/New_York", **screen)
    for body in ("message {0}", TEXT, "🎉", "https://example.org/{0}"):
        fill("alice", 125, body)
    with database.begin() as conn:  # through five days, so that some begin elsewhere for the reader
        age = (500 - messages.c.seq) * text("interval '15 minutes'")
        conn.execute(update(messages).values(created_at=func.now() - age))
    devtools = await bob.page.context.new_cdp_session(bob.page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    await bob.page.add_init_script(WATCH)
    await bob.page.route("**/chat.js", lambda route: once_painted(bob.page, route))

    moved = {}
    for read, path in ((500, "/"), (490, "/"), (100, "/"), (500, "/rooms/1/300")):
        with database.begin() as conn:
            conn.execute(update(memberships).values(read_seq=read))
        await bob.page.goto(bob.address + path)
        await bob.is_up_to_date()
        await bob.page.locator(".presence__count").filter(has_text="2 here").wait_for()
        moved[read, path] = await bob.page.evaluate(
            "() => new Promise((done) => requestIdleCallback(() => done(shifts.reduce((sum, each) => sum + each, 0))))"
        )

    assert max(moved.values()) < BOUND, moved


async def test_the_messages_stand_at_their_place_before_the_scripts_of_the_page_come(visit: Visit, fill: Fill) -> None:
    await visit("alice")
    bob = await visit("bob", timezone_id="Asia/Tokyo")
    await bob.leave()
    fill("alice", 400, read=False)  # up to the welcome, which shows an address
    release = asyncio.Event()

    async def wait(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await bob.page.route("**/chat.js", wait)
    await bob.page.goto(bob.address, wait_until="commit")
    new = bob.page.locator("#timeline[data-landed] .divider--new + [data-seq='1']")
    await new.wait_for()
    before = await bob.top_of(".divider--new")
    await bob.page.locator(".divider__label", has_text=re.compile("Today|Yesterday")).first.wait_for()
    release.set()
    await bob.is_up_to_date()

    assert abs(await bob.top_of(".divider--new") - before) < 1


async def test_messages_are_shown_where_their_script_is_lost(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice")
    fill("alice", 3)
    await alice.page.route("**/land.js", lambda route: route.abort())

    await alice.page.reload(wait_until="commit")  # before it is loaded it may load itself again
    await alice.page.locator("#whole").wait_for(state="attached")

    await alice.sees("message 1", "message 2", "message 3")
    async with alice.page.expect_event("load"):  # which may come at once: a page without its script is loaded again
        await alice.page.unroute("**/land.js")
    await alice.is_up_to_date()
