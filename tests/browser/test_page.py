"""The chat page as people use it, in real browsers."""

import asyncio
import re

from playwright.async_api import expect
from sqlalchemy import Engine, select

from app.db.schema import memberships
from tests.browser.conftest import Fill, Visit
from tests.browser.messages.test_changing import message
from tests.support.browsing import PASSWORD
from tests.support.sockets import until

NASTY = "<script>alert(1)</script> <img src=x onerror=alert(1)> \"' & javascript:alert(1)"


async def test_two_people_chat(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("bob")

    await alice.send("hello bob")
    await bob.sees("hello bob")
    await bob.send("hello alice\nhow are you?")

    for person in (alice, bob):
        await person.sees("hello bob", "hello alice\nhow are you?")
    await expect(bob.page.locator(".message__author").first).to_have_text("Alice Moreau")
    await expect(bob.page.locator(".presence__count")).to_have_text("2 here")


async def test_typing_is_told_and_ends_with_the_message(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob", "Bob B.")

    await asyncio.gather(  # it is shown for seconds only
        expect(alice.page.locator("#typing")).to_have_text("Bob B. is typing…"), bob.writing.press_sequentially("hm")
    )
    await bob.writing.press("Enter")

    await expect(alice.page.locator("#typing")).to_have_text("")
    await expect(bob.page.locator("#typing")).to_have_text("")


async def test_a_script_in_a_message_a_name_and_a_url_stays_text(visit: Visit) -> None:
    alice = await visit("alice", "<b>Alice</b><script>alert(1)</script>", is_new=True)
    bob = await visit("bob", is_new=True)
    address = 'https://example.org/"onclick="alert(1)"><script>alert(1)</script>?q=<b>'
    dialogs: list[str] = []
    for person in (alice, bob):
        person.page.on("dialog", lambda dialog: dialogs.append(dialog.message))

    await alice.send(NASTY)
    await alice.send(address)
    await bob.sees(NASTY, address)
    await bob.reload()

    await bob.sees(NASTY, address)
    await expect(bob.page.locator(".message__author").first).to_have_text("<b>Alice</b><script>alert(1)</script>")
    assert await bob.page.locator("#log script, #log img, #log b, #log [onclick]").count() == 0
    assert await bob.page.locator("#log .message__text a").evaluate_all("links => links.map(link => link.href)") == [
        "https://example.org/"
    ]
    assert dialogs == []


async def test_addresses_are_links_that_tell_nothing_about_us(visit: Visit) -> None:
    alice = await visit("alice")

    await alice.send(
        "see https://example.org/a_(b)?c=d, or http://пример.example/ü. ftp://x.example javascript:alert(1)"
    )

    link = alice.page.locator("#log .message__text a")
    await expect(link).to_have_text(["https://example.org/a_(b)?c=d", "http://пример.example/ü"])
    await expect(link.first).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(link.first).to_have_attribute("target", "_blank")


async def test_white_space_survives_the_way_there_and_a_reload(visit: Visit) -> None:
    alice = await visit("alice")
    text = "  def f():\n\n\treturn  'x'\n  end"

    await alice.writing.fill(text)
    await alice.writing.press("Enter")
    await alice.has_all_sent()
    await alice.reload()

    await expect(alice.texts).to_have_count(1)
    assert await alice.texts.evaluate_all("texts => texts.map(text => text.textContent)") == [text]


async def test_the_page_arrives_with_messages_and_reads_without_javascript(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice")
    fill("alice", 3)
    state = await alice.page.context.storage_state()

    reader = await visit(java_script_enabled=False, storage_state=state)
    await reader.page.goto(reader.address)

    await reader.sees("message 1", "message 2", "message 3")
    await expect(reader.page.locator("#composer")).to_be_hidden()
    await expect(reader.page.locator(".composer__noscript")).to_be_visible()
    await expect(reader.page.locator(".message[data-starts-group]")).to_have_count(1)
    await reader.page.click("[popovertarget=settings]")
    await reader.page.get_by_role("button", name="Sign out").click()
    await expect(reader.page).to_have_url(re.compile("/login"))


async def test_older_messages_load_on_a_slow_machine_without_moving_what_is_read(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice", is_new=True)
    fill("alice", 400)
    await alice.reload()
    await expect(alice.texts.last).to_have_text("message 400")
    devtools = await alice.page.context.new_cdp_session(alice.page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": 8})

    scroller = alice.page.locator("#timeline")
    shifts = []
    while not await alice.page.locator('[data-seq="1"]').count():  # as often as it takes: the slow load less at a time
        await scroller.evaluate("element => element.scrollBy(0, -700)")
        # what is in view in the next frame, and where it is once older messages have come
        shift = await scroller.evaluate("""async (scroller) => {
            await new Promise(requestAnimationFrame);
            const top = scroller.getBoundingClientRect().top;
            const line = [...scroller.querySelectorAll(".message")].find(
                (each) => each.getBoundingClientRect().top > top + 100);
            const before = line.getBoundingClientRect().top;
            await new Promise((resolve) => setTimeout(resolve, 250));
            return Math.abs(line.getBoundingClientRect().top - before);
        }""")
        shifts.append(shift)

    assert max(shifts) < 1
    assert await alice.texts.count() <= 300
    await alice.page.locator("#pill").click()
    await expect(alice.texts.last).to_have_text("message 400")
    await alice.is_at_end()


async def test_older_messages_that_cannot_be_loaded_are_a_quiet_line(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice")
    fill("alice", 120)
    await alice.page.route("**/api/**", lambda route: route.abort())
    await alice.reload()

    await alice.page.locator("#timeline").evaluate("element => element.scrollTo(0, -element.scrollHeight)")
    edge = alice.page.locator("#edge-older")
    await expect(edge).to_have_text("Could not load older messages · Try again")
    await alice.page.unroute("**/api/**")
    await edge.get_by_role("button").click()

    await expect(alice.page.locator('[data-seq="21"]')).to_have_count(1)
    await expect(edge).to_be_hidden()


async def test_the_reader_lands_on_the_first_unread_message(visit: Visit, fill: Fill) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    await bob.leave()
    fill("alice", 100, read=False)
    await bob.come_back()

    await expect(bob.page.locator(".divider--new + [data-seq='1']")).to_have_count(1)
    await expect(bob.page.locator("#pill")).to_have_text("100 new")
    await expect(bob.page).to_have_title("(100) Lobby · Parley")
    top = await bob.top_of(".divider--new") - await bob.top_of("#timeline")
    height = await bob.page.locator("#timeline").evaluate("element => element.clientHeight")
    assert abs(top - height / 3) < 60
    await bob.page.locator("#pill").click()

    await expect(bob.page).to_have_title("Lobby · Parley")
    await expect(bob.page.locator("#pill")).to_be_hidden()
    await expect(alice.page.locator("#pill")).to_be_hidden()


async def test_a_permalink_opens_a_message_in_its_context_marks_it_and_reads_nothing(visit: Visit, fill: Fill) -> None:
    await visit("alice")
    bob = await visit("bob")
    await bob.leave()
    fill("alice", 200, read=False)

    await bob.page.goto(f"{bob.address}/rooms/1/100")
    await bob.is_up_to_date()

    await expect(bob.page.locator(".message[data-marked]")).to_have_attribute("data-seq", "100")
    top = await bob.top_of(".message[data-marked]") - await bob.top_of("#timeline")
    height = await bob.page.locator("#timeline").evaluate("element => element.clientHeight")
    assert abs(top - height / 3) < 60
    await expect(bob.page).to_have_title("(200) Lobby · Parley")
    await bob.page.locator("#pill").click()
    await expect(bob.page.locator('[data-seq="200"]')).to_be_in_viewport()
    await expect(bob.page).to_have_title("Lobby · Parley")


async def test_unread_messages_are_counted_in_the_title_of_every_tab_until_read(
    visit: Visit, fill: Fill, database: Engine
) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    fill("alice", 60)
    await bob.reload()
    await bob.page.locator("#timeline").evaluate("element => element.scrollTo(0, -900)")
    await expect(bob.page.locator("#pill")).to_have_text("Jump to latest")

    place = await bob.top_of('[data-seq="40"]')
    await alice.send("one")
    await alice.send("two")
    await expect(bob.page).to_have_title("(2) Lobby · Parley")
    await expect(bob.texts.last).to_have_text("two")
    assert abs(await bob.top_of('[data-seq="40"]') - place) < 1
    await expect(bob.page.locator("[aria-current] .rooms__unread")).to_have_text("2")
    await bob.page.locator("#pill").click()

    await expect(bob.page).to_have_title("Lobby · Parley")
    await until(lambda: read_seqs(database)[1] == 62)
    await bob.reload()
    await expect(bob.page).to_have_title("Lobby · Parley")


def read_seqs(database: Engine) -> list[int]:
    """How far people have read, in the order of their accounts."""
    with database.connect() as conn:
        return [*conn.scalars(select(memberships.c.read_seq).order_by(memberships.c.user_id))]


async def test_everything_works_with_the_keyboard_alone(visit: Visit) -> None:
    alice = await visit()
    page, keys = alice.page, alice.page.keyboard
    await page.goto(f"{alice.address}/signin")
    await expect(page.locator("#login")).to_be_focused()  # a frame after the page has loaded
    for text in ("alice", "Alice", "", PASSWORD, PASSWORD):
        await keys.type(text)
        await keys.press("Tab")
    await keys.press("Enter")
    await alice.is_up_to_date()

    await keys.type("hello")
    await keys.press("Shift+Enter")
    await keys.type("world")
    await keys.press("Enter")
    await alice.sees("hello\nworld")
    await keys.press("?")
    await expect(page.locator("#keys dt").first).to_have_text("Enter")
    await keys.press("?")
    await expect(page.locator("#keys")).to_be_hidden()
    await expect(alice.writing).to_have_value("?")
    await keys.press("Backspace")
    await page.locator("body").evaluate("() => document.activeElement.blur()")
    await keys.type("typed anywhere")
    await expect(alice.writing).to_have_value("typed anywhere")
    await keys.press("Enter")

    await page.locator("[popovertarget=settings]").focus()
    await keys.press("Enter")
    await expect(page.locator("#settings")).to_be_visible()
    await keys.press("Escape")
    await expect(page.locator("#settings")).to_be_hidden()
    await keys.press("Enter")
    for _ in range(5):
        await keys.press("Tab")
    await keys.press("Enter")
    await expect(page).to_have_url(re.compile("/login"))  # which the form and the lost socket lead to at once


async def test_a_pinned_theme_is_there_before_the_first_paint(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.page.click("[popovertarget=settings]")
    await alice.page.get_by_text("Dark", exact=True).click()
    await alice.page.route("**/main.js", lambda route: route.abort())

    await alice.page.reload(wait_until="commit")  # before it is loaded it may load itself again

    await expect(alice.page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_page_that_lost_its_script_loads_itself_again_until_it_is_whole(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.page.route("**/chat.js", lambda route: route.abort())
    await alice.page.reload(wait_until="commit")
    await expect(alice.page.locator("#status")).to_have_text("")

    await alice.page.unroute("**/chat.js")

    await alice.is_up_to_date()


async def test_the_sidebar_is_a_drawer_on_a_narrow_screen(visit: Visit) -> None:
    alice = await visit("alice", viewport={"width": 500, "height": 844})
    page = alice.page
    sidebar, button = page.locator("#sidebar"), page.locator("#drawer-open")
    await expect(sidebar).to_be_hidden()

    await button.click()
    await expect(sidebar).to_be_visible()
    await expect(page.locator("#drawer-close")).to_be_focused()
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate("() => !document.getElementById('room').contains(document.activeElement)")
    await page.keyboard.press("Escape")

    await expect(sidebar).to_be_hidden()
    await expect(button).to_be_focused()


async def test_nothing_overflows_a_small_screen(visit: Visit) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff-" * 2
    alice = await visit("alice", name[:64], viewport={"width": 320, "height": 640})
    for text in ("w" * 4000, "שלום עולם " * 40, "https://example.org/" + "a" * 500, "👩‍👩‍👧🎉", "上海" * 200):
        await alice.send(text)
    await expect(alice.texts).to_have_count(5)
    await alice.has_all_sent()
    await message(alice, 1).hover()
    await message(alice, 1).get_by_role("button", name="Reply").click()
    await alice.send("an answer")
    quote = alice.page.locator("#log .quote")
    await expect(quote).to_be_visible()

    parts = ".quote__author, .quote__text, [data-starts-group] .message__beside"
    ends = await alice.page.evaluate(
        """(parts) => [...document.querySelectorAll(parts)]
        .map((each) => each.getBoundingClientRect()).filter(({right, width}) => right > 320 || width < 24)""",
        parts,
    )
    assert ends == []
    widths = await alice.page.evaluate("""() => [...document.querySelectorAll("html, body, #room, #timeline, #log")]
        .map((element) => element.scrollWidth - element.clientWidth)""")
    assert widths == [0, 0, 0, 0, 0]
    assert await alice.page.evaluate("() => document.getElementById('room').getBoundingClientRect().right") <= 320


async def test_a_text_that_is_too_long_stays_and_says_so(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.writing.fill("x" * 3_900)
    await expect(alice.page.locator("#note")).to_have_text("3,900 / 4,000")
    await alice.send("x" * 4_012)

    await expect(alice.page.locator("#note")).to_have_text("12 characters too long: shorten it to send")
    await expect(alice.texts).to_have_count(0)
    await alice.send("x" * 4_000)

    await expect(alice.texts).to_have_text(["x" * 4_000])
    await expect(alice.writing).to_have_value("")


async def test_an_empty_room_tells_how_to_invite_others(visit: Visit) -> None:
    alice = await visit("alice")

    await expect(alice.page.locator("#welcome")).to_contain_text("Welcome to Lobby")
    await expect(alice.page.locator(".welcome__address")).to_have_text(alice.address)
