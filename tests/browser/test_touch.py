"""A phone: fingers instead of a mouse, a drawer instead of a sidebar."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Engine, update

from app.db.schema import memberships
from tests.browser.conftest import Fill, Visit
from tests.browser.person import Person

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
FINGER_PX = 44
Look = Callable[[str], Awaitable[None]]

# What can be pressed and is smaller than a finger; a label counts for the box in it. Links in the midst of a sentence
# are as high as its line, and the name of an author asks for the actions, as all of its message does.
SMALL = """(least) => [...document.querySelectorAll("a[href], button, input, textarea, summary, [role=option]")]
    .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.closest("[inert]"))
    .filter((each) => !each.matches("p a, .message__text a, .message__profile, [type=hidden], [aria-hidden]"))
    .map((each) => each.matches("[type=radio], [type=checkbox]") ? each.closest("label") : each)
    .map((each) => [each.getBoundingClientRect(), each])
    .filter(([{width, height}]) => Math.round(width) < least || Math.round(height) < least)
    .map(([{width, height}, each]) => `${each.outerHTML.slice(0, 120)}: ${width} x ${height}`)"""


async def swipe(page: Page, start: int, end: int) -> None:
    devtools = await page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": start, "y": 300}]),
        ("touchMove", [{"x": (start + end) // 2, "y": 304}]),
        ("touchMove", [{"x": end, "y": 308}]),
        ("touchEnd", []),
    ):
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def test_enter_makes_a_line_for_fingers_and_with_control_or_command_it_sends(visit: Visit) -> None:
    alice = await visit("alice", **PHONE)
    await alice.writing.tap()

    for key in ("Control+Enter", "Meta+Enter"):
        await alice.writing.press_sequentially("one")
        await alice.writing.press("Enter")
        await alice.writing.press_sequentially("two")
        await alice.writing.press(key)
        await expect(alice.writing).to_have_value("")

    await alice.sees("one\ntwo", "one\ntwo")


async def test_a_tap_on_a_message_opens_what_can_be_done_with_it_wherever_it_hits(visit: Visit) -> None:
    bob = await visit("bob", "Bob B.")
    alice = await visit("alice", **PHONE)
    await bob.send("first line\nsecond line")
    await bob.send("another")
    await alice.sees("first line\nsecond line", "another")
    page = alice.page
    toolbar = page.locator("#log .toolbar")
    first = page.locator("#log .message").first

    for place in (first.locator(".message__author"), first.locator("time"), first.locator(".message__text")):
        await place.tap()
        await expect(first.locator(".toolbar")).to_be_visible()
        await alice.writing.tap()
        await expect(toolbar).to_have_count(0)
        assert "/rooms" in page.url or page.url.rstrip("/") == alice.address
    right_end = await first.bounding_box()
    assert right_end is not None
    await page.touchscreen.tap(right_end["x"] + right_end["width"] - 30, right_end["y"] + 12)
    await expect(first.locator(".toolbar")).to_be_visible()
    await expect(page.locator("dialog[open], :popover-open")).to_have_count(0)

    await toolbar.get_by_role("link", name="Profile").tap()
    await expect(page.get_by_role("heading", name="Bob B.")).to_be_visible()


async def test_a_click_on_the_name_of_an_author_leads_to_their_profile(visit: Visit) -> None:
    bob, alice = await visit("bob", "Bob B."), await visit("alice")
    await bob.send("hello")
    await alice.sees("hello")

    await alice.page.locator(".message__author").hover()
    await expect(alice.page.locator(".toolbar__button--profile")).to_be_hidden()
    await alice.page.locator(".message__author").click()

    await expect(alice.page.get_by_role("heading", name="Bob B.")).to_be_visible()


async def test_back_and_swipes_close_the_drawer_and_a_swipe_from_the_edge_opens_it(visit: Visit) -> None:
    alice = await visit("alice", **PHONE)
    page = alice.page
    sidebar, address = page.locator("#sidebar"), page.url

    await page.locator("#drawer-open").tap()
    await expect(sidebar).to_be_visible()
    await page.go_back()
    await expect(sidebar).to_be_hidden()
    assert page.url == address
    await swipe(page, 5, 200)
    await expect(sidebar).to_be_visible()
    await swipe(page, 250, 60)
    await expect(sidebar).to_be_hidden()
    await page.wait_for_function("() => !history.state?.drawer")  # the step back comes later than what one sees
    await swipe(page, 150, 300)
    await expect(sidebar).to_be_hidden()

    await page.locator("#drawer-open").tap()
    await sidebar.get_by_role("link", name="People").tap()
    await page.wait_for_url("**/people")
    await page.go_back()
    await alice.is_up_to_date()
    assert page.url == address
    await expect(sidebar).to_be_hidden()


async def test_the_button_of_the_drawer_says_that_something_is_unread_elsewhere(visit: Visit) -> None:
    bob = await visit("bob")
    alice = await visit("alice", **PHONE)
    await bob.page.locator("#direct-new").click()
    await bob.page.locator("#people-picker-words").fill("alice")
    await bob.page.locator("#people-picker .choice").get_by_role("button").click()
    await bob.page.locator("#people-picker [data-submit]").click()
    await bob.page.wait_for_url("**/rooms/2")
    await bob.is_up_to_date()
    button = alice.page.locator("#drawer-open")
    await expect(button).to_have_accessible_name("Rooms and account")

    await bob.send("psst")

    await expect(button).to_have_accessible_name("Rooms and account, unread messages")
    shown = await button.evaluate("each => getComputedStyle(each, '::after').inlineSize")
    assert float(shown.removesuffix("px")) > 5


@pytest.mark.parametrize("widths", [(320, 390), (820, 1024)], ids=["phone", "tablet"])
async def test_whatever_is_pressed_is_as_large_as_a_finger(visit: Visit, widths: tuple[int, int]) -> None:
    """Each is looked at in both widths, as it stands there."""
    await visit("bob", "Bob B.")
    alice = await visit("alice", **PHONE | {"viewport": {"width": widths[0], "height": 768}})
    page = alice.page
    small: dict[str, list[str]] = {}

    async def look(what: str) -> None:
        for width in (widths[1], widths[0]):
            await page.set_viewport_size({"width": width, "height": 768})
            await page.wait_for_function("width => innerWidth === width", arg=width)
            small[f"{what} at {width}"] = await page.evaluate(SMALL, FINGER_PX)

    await look_at_messages(alice, look)
    await look_at_dialogs(page, look)
    for path in ("/people", "/people/bob", "/settings", "/settings/chat", "/share"):
        await page.goto(alice.address + path)
        await look(path)
    await page.context.clear_cookies()
    for path in ("/login", "/signin"):
        await page.goto(alice.address + path)
        await look(path)

    found = [f"{what}: {each}" for what, all_found in small.items() for each in all_found]
    assert not found, "\n".join(found)


async def look_at_messages(alice: Person, look: Look) -> None:
    """Look at the room while a message is written, answered and reacted to."""
    page = alice.page
    await look("an empty room")
    await alice.writing.fill("hello")
    await page.locator(".composer__send").tap()
    await alice.sees("hello")
    await alice.has_all_sent()
    await page.locator(".message__text").tap()
    await look("a message")
    await page.locator("#log [data-command=reply]").tap()
    await look("a reply")
    await alice.writing.fill("an answer")
    await page.locator(".composer__send").tap()
    await alice.sees("hello", "an answer")  # while it is not drawn yet, all is sent, and its place moves what is tapped
    await alice.has_all_sent()
    await page.locator(".message__text").last.tap()
    await page.locator("#log [data-command=react]").tap()
    await expect(page.locator("#picker")).to_be_visible()
    await look("emoji")
    await page.locator("#picker .picker__emoji").first.tap()
    await expect(page.locator(".reaction")).to_be_visible()
    await look("a quote and a reaction")


async def look_at_dialogs(page: Page, look: Look) -> None:
    """Look at all that opens over the room or beside it."""
    for opener in ("[popovertarget=jump]", "#presence", "#room-more"):
        await page.locator(opener).tap()
        await look(opener)
        await page.keyboard.press("Escape")
    await open_sidebar(page)
    await look("the sidebar")
    await page.locator("[popovertarget=settings]").tap()
    await look("settings")
    await page.keyboard.press("Escape")
    await page.locator("#rooms-add").tap()
    await look("rooms")
    await page.locator("#room-new").tap()
    await expect(page.locator("#room-form")).to_be_visible()  # its script may come only now
    await look("a new room")
    await page.keyboard.press("Escape")
    await open_sidebar(page)
    await page.locator("#direct-new").tap()
    await page.locator("#people-picker-words").fill("bob")
    await expect(page.locator("#people-picker .choice")).to_be_visible()
    await look("people")
    await page.keyboard.press("Escape")
    await open_sidebar(page)
    await page.locator("#search-open").tap()
    await expect(page.locator("#search")).to_be_visible()
    await look("the search")


async def open_sidebar(page: Page) -> None:
    is_drawer = await page.locator("#drawer-open").is_visible()
    if is_drawer and not await page.locator("#sidebar[data-open]").count():
        await page.locator("#drawer-open").tap()
        await expect(page.locator("#drawer-close")).to_be_focused()


async def test_the_button_of_the_drawer_is_quiet_about_the_open_room(
    visit: Visit, fill: Fill, database: Engine
) -> None:
    """Of the open room the messages themselves say it."""
    await visit("bob")
    alice = await visit("alice", **PHONE)
    await alice.leave()
    fill("bob", 100)
    with database.begin() as conn:
        conn.execute(update(memberships).values(read_seq=10))

    await alice.come_back()

    await expect(alice.page.locator("#pill")).to_have_text("90 new")
    await expect(alice.page.locator("#drawer-open")).to_have_accessible_name("Rooms and account")


async def test_the_composer_stays_in_view_while_the_keyboard_takes_half_of_the_window(visit: Visit, fill: Fill) -> None:
    """Chromium makes the page smaller by its keyboard, as the page asks for."""
    alice = await visit("alice", **PHONE)
    fill("alice", 30)
    await alice.reload()
    asked = await alice.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "interactive-widget=resizes-content" in asked
    await alice.writing.tap()

    await alice.page.set_viewport_size({"width": 320, "height": 300})

    await expect(alice.writing).to_be_in_viewport(ratio=1)
    await expect(alice.page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
    await expect(alice.page.locator("[data-seq='30']")).to_be_in_viewport()
