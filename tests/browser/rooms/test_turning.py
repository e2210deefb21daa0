"""From room to room without loading the page: all is there at once, and as it was."""

import asyncio
from typing import Any

from playwright.async_api import Page, Route, expect
from sqlalchemy import Engine, func, select, update

from app.db.schema import memberships, messages, rooms
from tests.browser.conftest import Fill, Visit
from tests.browser.files.giving import give, picture
from tests.browser.person import Person
from tests.browser.rooms.test_places import SEQ, scroll_to
from tests.browser.rooms.test_rooms import choose, make_room
from tests.browser.rooms.test_rooms_keys import MakeRooms, bob_sees_rooms, make_rooms
from tests.browser.test_landing import PHONE, WATCH

__all__ = ["make_rooms"]

# What a page says of its room, besides the messages and what is unread.
HEAD = """() => {
    const text = (selector) => document.querySelector(selector).innerText.trim();
    const label = (selector) => document.querySelector(selector).getAttribute("aria-label");
    const isSeen = (selector) => document.querySelector(selector).checkVisibility();
    const {roomId, roomKind, roomArchived} = document.querySelector("#room").dataset;
    return {
        title: document.title.replace(/^\\(\\d+\\) /, ""), path: location.pathname,
        room: [roomId, roomKind, roomArchived],
        name: text(".room__name"), topic: text("#topic"), welcome: text("#welcome"), here: text("#presence"),
        composer: isSeen("#composer"), archived: text("#archived"), off: text("#off"), status: text("#status"),
        labels: ["#text", "#room-more", "#log"].map(label), placeholder: document.querySelector("#text").placeholder,
        open: [...document.querySelectorAll("#sidebar [aria-current]")].map((each) => each.pathname),
        rooms: [...document.querySelectorAll("#sidebar .rooms__name")].map((name) => name.innerText),
    };
}"""


# A page, or its worker, that gives up waiting much later: for what comes too late the browser loads a page.
UNHURRIED = """() => {
    const later = (self.later ??= self.setTimeout);
    self.setTimeout = (what, ms, ...more) => later(what, ms >= 3000 ? 60 * ms : ms, ...more);
}"""


async def stay(person: Person) -> None:
    """From here on the page must not load, however slow the machine is."""
    await person.page.evaluate(UNHURRIED)
    await person.page.evaluate("() => { window.isStill = true }")


async def has_stayed(person: Person) -> bool:
    return bool(await person.page.evaluate("() => window.isStill === true"))


async def go_to(person: Person, room: str) -> None:
    await person.page.locator("#sidebar .rooms__room").filter(has_text=room).click()
    await expect(person.page.locator("#title")).to_have_text(room)


async def test_a_room_that_one_turns_to_says_the_same_as_one_that_was_loaded(
    visit: Visit, make_rooms: MakeRooms, database: Engine
) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob")
    make_rooms({"Plans": 3, "Vault": 2, "Attic": 1, "Empty": 0})
    with database.begin() as conn:
        conn.execute(update(rooms).where(rooms.c.name == "Vault").values(kind="closed", topic="https://example.org"))
        conn.execute(update(rooms).where(rooms.c.name == "Attic").values(archived_at=func.now()))
    await alice.reload()
    await alice.page.click("#direct-new")
    await alice.page.fill("#people-picker-words", "bobby")
    await alice.page.click('#people-picker [aria-label="Add Bob"]')
    await alice.page.click("#people-picker [data-submit]")
    await expect(alice.page.locator("#title")).to_have_text("Bob")
    await alice.send("only for you")
    await alice.has_all_sent()
    await bob.reload()
    page, told = bob.page, {}

    async def seen() -> Any:
        await bob.is_up_to_date()
        for there in ("#presence", "#welcome"):
            await expect(page.locator(there)).to_be_visible()
        await expect(page.locator("#sidebar [aria-current] .rooms__unread")).to_be_hidden()
        return await page.evaluate(HEAD)

    await stay(bob)
    for path in ("/rooms/2", "/rooms/3", "/rooms/4", "/rooms/5", "/rooms/6", "/rooms/1"):
        await page.dispatch_event(f'#sidebar [href="{path}"]', "click")  # one that is archived is not in the list
        await page.wait_for_url(f"**{path}")
        told[path] = await seen()
    assert await has_stayed(bob)
    for title in ("alice", "Empty", "Attic"):
        await page.go_back()
        await expect(page.locator("#title")).to_have_text(title)
    assert await has_stayed(bob)

    for path, head in told.items():
        await page.goto(bob.address + path)
        assert await seen() == head


async def is_in_the_lobby(person: Person, place: float) -> None:
    await expect(person.page.locator("#title")).to_have_text("Lobby")
    await expect(person.writing).to_have_value("half a reply")
    await expect(person.page.locator("#intent-sentence")).to_have_text("Replying to alice: message 40")
    await expect(person.page.locator("#tray li")).to_have_count(1)
    await expect(person.page.locator(SEQ)).to_be_in_viewport()
    await person.stands(SEQ, place)  # once all below it is there


async def is_in_plans(person: Person, draft: str) -> None:
    await person.sees("Plans 1", "Plans 2", "Plans 3")
    await expect(person.page.locator(".divider--new + [data-seq='1']")).to_have_count(1)
    await expect(person.page).to_have_title("Plans · Parley")
    await expect(person.writing).to_have_value(draft)
    for gone in ("#intent", "#tray"):
        await expect(person.page.locator(gone)).to_be_hidden()


async def test_each_room_keeps_its_place_its_draft_its_reply_its_files_and_its_new_line(
    visit: Visit, fill: Fill, make_rooms: MakeRooms
) -> None:
    await visit("alice")
    bob = await visit("bobby", "Bob")
    fill("alice", 200)
    make_rooms({"Plans": 3})
    await bob.reload()
    page = bob.page
    await scroll_to(bob, 40)
    await page.locator(SEQ).hover()
    await page.locator(SEQ).get_by_role("button", name="Reply").click()
    await bob.writing.fill("half a reply")
    await give(page, "paste", picture())
    await expect(page.locator("#tray li")).to_have_count(1)
    place = await bob.top_of(SEQ)

    await stay(bob)
    await go_to(bob, "Plans")
    await is_in_plans(bob, "")
    await bob.writing.fill("for plans")
    await page.go_back()
    await is_in_the_lobby(bob, place)
    await page.go_forward()
    await is_in_plans(bob, "for plans")
    await go_to(bob, "Lobby")
    await is_in_the_lobby(bob, place)
    await bob.writing.press("Enter")
    await bob.has_all_sent()

    sent = page.locator("#log .message").last
    await expect(sent.locator(".message__text")).to_have_text("half a reply")
    await expect(sent.locator(".quote")).to_have_attribute("href", "/rooms/1/40")
    await expect(sent.locator(".picture")).to_have_count(1)
    await expect(page).to_have_url(f"{bob.address}/rooms/1")
    assert await has_stayed(bob)


async def test_what_is_sent_names_the_room_in_which_it_was_typed_however_fast_one_turns(
    visit: Visit, make_rooms: MakeRooms, database: Engine
) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"Attic": 0, "Café": 60, "Plans": 2})
    names = ["Attic", "Café", "Lobby", "Plans"]
    keys = bob.page.keyboard
    await stay(bob)

    for turn in range(32):
        at = (names.index("Lobby") + 1 + turn) % len(names)
        await keys.press("Alt+ArrowDown")
        await keys.type(f"{names[at]} {turn} ")
        if turn % 8 > 3:  # else it stays typed, until one comes back
            await keys.press("Enter")
    await bob.has_all_sent()
    assert await has_stayed(bob)

    with database.connect() as conn:
        where = rooms.c.id == messages.c.room_id
        said = conn.execute(select(rooms.c.name, messages.c.body).join(rooms, where)).all()
    sent = sorted((room, body) for room, body in said if len(body.split()) == 4)
    firsts = [turn for turn in range(32) if turn % 8 < 4]
    rooms_of = {turn: names[(names.index("Lobby") + 1 + turn) % len(names)] for turn in firsts}
    assert sent == sorted((room, f"{room} {turn} {room} {turn + 4}") for turn, room in rooms_of.items())


async def test_on_a_phone_a_tap_turns_the_page_nothing_moves_and_back_leads_back(
    visit: Visit, fill: Fill, make_rooms: MakeRooms
) -> None:
    await visit("alice")
    bob = await visit("bob", **PHONE)
    fill("alice", 120)
    make_rooms({"Plans": 40, "A room with a name as long as names may be, or nearly so": 0})
    page = bob.page
    await page.add_init_script(WATCH)
    await bob.reload()
    await stay(bob)
    await at_rest(page)
    before = await page.evaluate("() => shifts.length")

    for turned in range(2):
        for link in ("Plans", "A room with", "Lobby"):
            await page.locator("#drawer-open").tap()
            await page.locator("#sidebar").get_by_role("link", name=link).tap()
            await expect(page.locator("#title")).to_contain_text(link)
            await expect(page.locator("#sidebar")).to_be_hidden()
            await bob.is_up_to_date()
            await at_rest(page)
        shifts = await page.evaluate(f"() => shifts.slice({before})")
        assert sum(shifts) < 0.02, (turned, shifts)

    await page.go_back()
    await expect(page.locator("#title")).to_contain_text("A room with")
    await page.go_back()
    await expect(page.locator("#title")).to_have_text("Plans")
    await bob.sees(*(f"Plans {seq}" for seq in range(1, 41)))
    assert await has_stayed(bob)


async def at_rest(page: Page) -> None:
    await page.evaluate(
        "() => new Promise((done) => requestIdleCallback(() => requestAnimationFrame(() => setTimeout(done))))"
    )


async def test_messages_that_cannot_come_do_when_the_network_is_back_and_what_was_typed_goes_there(
    visit: Visit, make_rooms: MakeRooms
) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"Plans": 3})
    await stay(bob)

    await bob.page.context.set_offline(True)
    await go_to(bob, "Plans")
    await expect(bob.page.locator("#edge-older")).to_have_text("Could not load messages · Try again")
    await bob.send("written meanwhile")
    await bob.sees("written meanwhile")
    await bob.page.context.set_offline(False)

    await bob.sees("Plans 1", "Plans 2", "Plans 3", "written meanwhile")
    await bob.has_all_sent()
    assert await has_stayed(bob)


async def test_a_room_that_one_is_no_longer_in_is_left_to_the_server(
    visit: Visit, make_rooms: MakeRooms, database: Engine
) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"Plans": 3})
    with database.begin() as conn:
        conn.execute(memberships.delete().where(memberships.c.room_id == 2))

    await bob.page.locator("#sidebar .rooms__room").filter(has_text="Plans").click()

    await expect(bob.page.get_by_role("heading", name="Join Plans?")).to_be_visible()


async def test_a_room_that_one_makes_or_joins_is_shown_without_a_load(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    page = bob.page
    await stay(alice)
    await alice.writing.fill("half a sentence")
    await make_room(alice, "Plans")
    await expect(alice.writing).to_be_focused()
    await expect(alice.writing).to_have_value("")
    await alice.send("anyone?")
    await alice.has_all_sent()

    await stay(bob)
    await page.click("#rooms-add")
    await page.click("#browse-open")
    await page.click('[aria-label="Join Plans"]')
    await bob.sees("anyone?")
    await expect(page.locator("#browse")).to_be_hidden()
    await expect(bob.writing).to_be_focused()
    await page.click("#direct-new")
    await choose(bob, "Alice")
    await expect(page.locator("#title")).to_have_text("Alice")
    await expect(page.locator("#people-picker")).to_be_hidden()
    await bob.send("only for you")
    await page.go_back()
    await bob.sees("anyone?")
    assert await has_stayed(bob)
    await alice.page.go_back()
    await expect(alice.writing).to_have_value("half a sentence")
    assert await has_stayed(alice)


async def test_a_question_about_a_message_ends_with_its_room(visit: Visit, make_rooms: MakeRooms) -> None:
    alice = await visit("alice")
    make_rooms({"Plans": 1})
    await alice.reload()
    await alice.send("stays")
    await alice.has_all_sent()
    await go_to(alice, "Plans")
    await alice.sees("Plans 1")
    await stay(alice)

    await alice.page.locator("#log .message").hover()
    await alice.page.get_by_role("button", name="Delete").click()
    await expect(alice.page.locator("#deletion")).to_be_visible()
    await alice.page.go_back()

    await expect(alice.page.locator("#deletion")).to_be_hidden()
    await alice.sees("stays")
    await expect(alice.writing).to_be_focused()
    await alice.page.go_forward()
    await alice.sees("Plans 1")
    assert await has_stayed(alice)


async def test_who_goes_to_the_end_while_messages_are_on_their_way_gets_there(
    visit: Visit, make_rooms: MakeRooms
) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"Plans": 120})
    page, may_come = bob.page, asyncio.Event()

    async def wait(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/api/rooms/2/messages?*around=1", wait)
    await go_to(bob, "Plans")
    await page.keyboard.press("Escape")
    may_come.set()

    await expect(page.locator("#log .message__text").last).to_have_text("Plans 120")
    await bob.is_at_end()
