"""One box for rooms, people and messages: typing, choosing, going there and coming back."""

import asyncio
import re

from playwright.async_api import Locator, Route, expect

from tests.browser.conftest import Visit
from tests.browser.messages.test_drafts import log_in
from tests.browser.person import Person
from tests.browser.rooms.test_rooms import make_room
from tests.browser.search.finding import box, chosen, hits, is_found, names, search, typed
from tests.browser.test_page import NASTY


async def go_to(person: Person, room: str) -> None:
    await person.page.locator("#rooms").get_by_role("link", name=room).click()
    await expect(person.page.locator("#title")).to_have_text(room)
    await person.is_up_to_date()


async def test_a_message_in_another_room_is_found_while_one_types_and_back_returns_to_the_hit(visit: Visit) -> None:
    alice = await visit("alice", "Alice Moreau")
    await make_room(alice, "Design")
    for text in ("The harbours are ready", f"Harbour {NASTY}", "something else"):
        await alice.send(text)
    await alice.has_all_sent()
    await go_to(alice, "Lobby")
    await is_found(alice, "Harb", 2)
    page = alice.page

    await search(alice, "Harb")
    await expect(hits(alice)).to_have_text([f"Harbour {NASTY}", "The harbours are ready"])
    await expect(hits(alice).locator("mark")).to_have_text(["Harbour", "harbours"])
    await expect(page.locator("#search-list .hit__head").first).to_have_text(
        re.compile("# Design · Alice Moreau admin · (Today|Yesterday)")
    )
    assert await hits(alice).locator("img, script").count() == 0
    await page.keyboard.press("ArrowDown")
    await expect(chosen(alice)).to_contain_text("The harbours are ready")
    await expect(typed(alice)).to_have_attribute("aria-activedescendant", "search-hit-2-1")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/rooms/2/1")
    await expect(page.locator(".message[data-marked]")).to_have_attribute("data-seq", "1")
    await expect(box(alice)).to_be_hidden()
    await page.go_back()
    await expect(page.locator("#title")).to_have_text("Lobby")
    await expect(typed(alice)).to_have_value("Harb")
    await expect(chosen(alice)).to_contain_text("The harbours are ready")
    await page.keyboard.press("Escape")
    await expect(box(alice)).to_be_hidden()
    await alice.reload()
    await expect(box(alice)).to_be_hidden()


async def test_a_hit_shows_who_of_two_with_one_name_has_written_it(visit: Visit) -> None:
    alice = await visit("alice")
    for login, name in (("bobby", "Bob Smith"), ("carol", "B0b Smith")):
        person = await visit(login, name)
        await person.send("the harbour")
        await person.has_all_sent()
    await is_found(alice, "harbour", 2)

    await search(alice, "harbour")

    await expect(alice.page.locator("#search-list .hit__beside")).to_have_text(["@carol", "@bobby"])


async def test_arrows_go_through_rooms_and_messages_and_all_results_have_a_page(visit: Visit) -> None:
    alice = await visit("alice")
    await make_room(alice, "Harbour")
    await alice.send("the harbour")
    await alice.has_all_sent()
    await is_found(alice, "harbour")
    keys = alice.page.keyboard

    await search(alice, "harbour")
    await expect(names(alice)).to_have_text(["Harbour", "All results"])
    await expect(alice.page.get_by_role("group")).to_have_count(3)  # with what narrows the search
    await expect(alice.page.get_by_role("group", name="Messages").get_by_role("option")).to_have_count(2)
    await expect(chosen(alice)).to_have_text("Harbour")
    await keys.press("ArrowDown")
    await expect(chosen(alice)).to_have_class(re.compile("hit"))
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await expect(chosen(alice)).to_have_text("Harbour")
    await keys.press("ArrowUp")
    await expect(chosen(alice)).to_contain_text("All results")
    await keys.press("Home")
    await keys.type("the ")
    await expect(typed(alice)).to_have_value("the harbour")
    await keys.press("Control+Enter")

    await alice.page.wait_for_url("**/search?q=the+harbour")
    await expect(alice.page.locator("main")).to_contain_text("the harbour")


async def test_operators_are_completed_with_the_keyboard_alone(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob Miller")
    await alice.send("the harbour of alice")
    await bob.send("the harbour of bob")
    await bob.has_all_sent()
    await is_found(alice, "harbour", 2)
    keys = alice.page.keyboard

    await search(alice, "harbour")
    await expect(hits(alice)).to_have_text(["the harbour of bob", "the harbour of alice"])
    await search(alice, "harbour from:mil")
    await expect(names(alice)).to_have_text(["Bob Miller"])
    await search(alice, "harbour from:@mil")
    await expect(names(alice)).to_have_text(["Bob Miller"])
    await keys.press("Enter")
    await expect(typed(alice)).to_have_value("harbour from:bobby ")
    await expect(hits(alice)).to_have_text(["the harbour of bob"])

    await search(alice, "harbour fr")
    await keys.press("Tab")  # past the button that closes the box
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(typed(alice)).to_have_value("harbour from:")
    await expect(names(alice)).to_have_text(["me", "Bob Miller"])
    await keys.press("Enter")
    await expect(hits(alice)).to_have_text(["the harbour of alice"])
    await alice.page.get_by_role("button", name="from:me").click()
    await expect(typed(alice)).to_have_value("harbour ")
    await expect(hits(alice)).to_have_count(2)

    await search(alice, "on:yest")
    await keys.press("Enter")
    await expect(typed(alice)).to_have_value(re.compile(r"^on:\d{4}-\d\d-\d\d $"))
    await search(alice, "on:2020-02-02 harbour")  # no day that may have begun a moment ago
    await expect(box(alice).get_by_role("status")).to_have_text(re.compile("^No message"))
    await search(alice, "on:nonsense harbour")
    await expect(box(alice).get_by_role("status")).to_contain_text("is no date")


async def test_the_room_one_is_in_comes_first_and_a_button_searches_only_there(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.send("a harbour in the lobby")
    await alice.has_all_sent()
    await make_room(alice, "Water cooler")
    await alice.send("a harbour by the water")
    await alice.has_all_sent()
    await is_found(alice, "harbour", 2)

    await search(alice, "in:")
    await expect(names(alice)).to_have_text(["# Water cooler", "# Lobby"])
    await search(alice, "harbour")
    await expect(hits(alice)).to_have_count(2)
    await alice.page.get_by_role("button", name="Only in # Water cooler").click()

    await expect(typed(alice)).to_have_value('harbour in:"Water cooler" ')
    await expect(hits(alice)).to_have_text(["a harbour by the water"])
    await expect(typed(alice)).to_be_focused()


async def test_the_last_searches_stay_in_this_browser_until_they_are_removed_or_one_signs_out(visit: Visit) -> None:
    alice = await visit("alice")
    for text in ("harbour one", "lighthouse"):
        await alice.send(text)
    await alice.has_all_sent()
    page = alice.page
    for text, seq in (("harbour", 1), ("lighthouse", 2), ("one", 1)):
        await is_found(alice, text)
        await search(alice, text)
        await expect(hits(alice)).to_have_count(1)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/rooms/1/{seq}")
        await alice.is_up_to_date()

    await page.keyboard.press("Control+k")
    await expect(names(alice)).to_have_text(["Lobby", "one", "lighthouse", "harbour"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Delete")
    await expect(names(alice)).to_have_text(["Lobby", "lighthouse", "harbour"])
    await page.get_by_role("option", name="harbour").locator(".search-box__forget").click()
    await expect(names(alice)).to_have_text(["Lobby", "lighthouse"])
    await names(alice).nth(1).click()
    await expect(typed(alice)).to_have_value("lighthouse")
    await expect(hits(alice)).to_have_text(["lighthouse"])

    await page.keyboard.press("Escape")
    await page.click("[popovertarget=settings]")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/login*")
    await log_in(alice, "alice")
    await page.keyboard.press("Control+k")
    await expect(names(alice)).to_have_text(["Lobby"])


async def test_a_message_is_found_by_members_of_its_room_and_by_nobody_else(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    await make_room(alice, "Secret", "closed")
    await alice.send("a harbour for us")
    await alice.has_all_sent()
    await is_found(alice, "harbour")

    await search(bob, "harbour")
    await expect(box(bob).get_by_role("status")).to_have_text(
        "No room, nobody and no message has these letters. Try fewer."
    )
    await expect(hits(bob)).to_have_count(0)
    await search(alice, "harbour")
    await expect(hits(alice)).to_have_text(["a harbour for us"])


async def test_without_a_network_a_line_says_so_and_rooms_are_found_all_the_same(visit: Visit) -> None:
    alice = await visit("alice", is_new=True)  # no pointer that stands where the script is fetched ahead
    await alice.send("lobbying for a harbour")
    await alice.has_all_sent()
    await is_found(alice, "lob")
    note, network = box(alice).get_by_role("status"), alice.page.context.set_offline

    await network(True)
    await search(alice, "lo")
    await expect(note).to_have_text("This part of the page cannot be loaded right now. It is tried again.")
    await network(False)
    await expect(names(alice)).to_have_text(["Lobby", "All results"])
    await network(True)
    await search(alice, "lob")
    await expect(note).to_contain_text("Messages cannot be searched right now")
    await expect(names(alice)).to_have_text(["Lobby"])
    await network(False)

    await expect(hits(alice)).to_have_text(["lobbying for a harbour"])
    await expect(note).to_have_text("")


async def press_while(person: Person, line: Locator, asked: str, more: str, after: Locator, texts: list[str]) -> None:
    """Click on a line of the list, which is drawn anew in the middle of that: when what is `asked` for has come."""
    page, may_come = person.page, asyncio.Event()

    async def wait(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route(asked, wait)
    await typed(person).press_sequentially(more)
    await line.hover()
    await page.mouse.down()  # where the line stays: with the button down a link would be dragged
    may_come.set()
    await expect(after).to_have_text(texts)
    await page.mouse.up()


async def test_a_click_on_a_hit_counts_though_another_answer_comes_meanwhile(visit: Visit) -> None:
    alice = await visit("alice")
    for text in ("order the harbour rum", "order the harbour tea"):
        await alice.send(text)
    await alice.has_all_sent()
    await is_found(alice, "harbour order", 2)
    await search(alice, "harbour")
    await expect(hits(alice)).to_have_text(["order the harbour tea", "order the harbour rum"])

    for place in (".hit__excerpt", ".hit__author"):
        await search(alice, "harbour")
        await expect(hits(alice)).to_have_count(2)
        line = alice.page.locator("#search-hit-1-2").locator(place)
        await press_while(alice, line, "**/api/search?*tea*", " tea", hits(alice), ["order the harbour tea"])

        await expect(box(alice)).to_be_hidden()
        await expect(alice.page.locator(".message[data-marked]")).to_have_attribute("data-seq", "2")


async def test_a_click_on_a_room_counts_though_people_are_found_meanwhile(visit: Visit) -> None:
    alice = await visit("alice")
    await visit("plato", "Plato")
    await make_room(alice, "Plans")
    await go_to(alice, "Lobby")
    await search(alice, "")
    await expect(names(alice)).to_have_text(["Plans", "Lobby"])

    line = alice.page.locator("#search-room-2")
    await press_while(alice, line, "**/api/people?q=pla", "pla", names(alice), ["Plans", "Plato"])

    await expect(alice.page.locator("#title")).to_have_text("Plans")
    await expect(box(alice)).to_be_hidden()
