"""What was said long ago, and what is found on a phone."""

import re
from typing import Any

from playwright.async_api import expect
from sqlalchemy import Engine, select, text

from app.db.schema import rooms, users
from tests.browser.conftest import Visit
from tests.browser.search.finding import box, hits, is_found, search, typed

LONG = 100_000
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
_HISTORY = text(
    "INSERT INTO messages (room_id, seq, rev, author_id, client_id, body) "
    "SELECT 1, n, n, :author, gen_random_uuid(), CASE n WHEN 1 THEN 'The harbour is ready' ELSE 'and on' END "
    "FROM generate_series(1, :count) n"
)
_HEAD = text("UPDATE rooms SET last_seq = :count, last_rev = :count WHERE id = 1")
_READ = text("UPDATE memberships SET read_seq = :count WHERE room_id = 1")


async def test_a_message_from_a_hundred_thousand_ago_is_found_and_opens_in_its_place(
    visit: Visit, database: Engine
) -> None:
    alice = await visit("alice")
    with database.begin() as conn:
        author = conn.scalar(select(users.c.id))
        conn.execute(_HISTORY, {"author": author, "count": LONG})
        for statement in (_HEAD, _READ):
            conn.execute(statement, {"count": LONG})
        assert conn.scalar(select(rooms.c.last_seq)) == LONG
    await alice.reload()
    await is_found(alice, "harb")

    await search(alice, "harb")
    await expect(hits(alice)).to_have_text(["The harbour is ready"])
    await alice.page.keyboard.press("Enter")

    await alice.page.wait_for_url("**/rooms/1/1")
    await expect(alice.page.locator(".message[data-marked]")).to_have_attribute("data-seq", "1")
    await expect(alice.page.locator(".message[data-marked]")).to_be_in_viewport()
    await expect(alice.page.locator("#pill")).to_have_text("Jump to latest")
    await alice.page.go_back()
    await expect(typed(alice)).to_have_value("harb")
    await alice.page.keyboard.press("Escape")
    await expect(alice.page.locator("#log > [data-seq]").last).to_have_attribute("data-seq", str(LONG))
    await alice.is_at_end()


async def test_on_a_phone_the_search_fills_the_screen_and_back_returns_to_it(visit: Visit) -> None:
    alice = await visit("alice", **PHONE)
    page = alice.page
    await alice.writing.fill("a harbour " + "and more " * 60)
    await page.locator(".composer__send").tap()
    await alice.has_all_sent()
    await is_found(alice, "harb")

    await page.locator("#drawer-open").tap()
    await page.locator("#search-open").tap()
    await expect(page.locator("#sidebar")).to_be_hidden()
    await typed(alice).press_sequentially("harb")
    await expect(hits(alice)).to_have_count(1)
    assert await box(alice).bounding_box() == {"x": 0, "y": 0, "width": 320, "height": 640}
    assert await page.evaluate("() => document.getElementById('search').scrollWidth") == 320
    await expect(hits(alice).locator("mark")).to_be_in_viewport()
    await hits(alice).tap()

    await page.wait_for_url("**/rooms/1/1")
    await alice.is_up_to_date()
    await page.go_back()
    await expect(typed(alice)).to_have_value("harb")
    await expect(page).to_have_url(re.compile(r"/$"))
    await page.get_by_role("button", name="Close").tap()
    await expect(box(alice)).to_be_hidden()
    await expect(page.locator("#sidebar")).to_be_hidden()
