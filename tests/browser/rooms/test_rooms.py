"""Rooms and direct messages as people use them, in real browsers."""

import asyncio

from playwright.async_api import Route, expect
from sqlalchemy import Engine, delete

from app.db.schema import memberships
from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.search.conftest import becomes

CLIPBOARD = "() => navigator.clipboard.readText()"


async def make_room(person: Person, name: str, kind: str = "open") -> None:
    await person.page.click("#rooms-add")
    await person.page.click("#room-new")
    await person.page.fill("#room-name", name)
    await person.page.check(f"[name=kind][value={kind}]")
    await person.page.click("#room-form [data-submit]")
    await expect(person.page.locator("#title")).to_have_text(name)
    await person.is_up_to_date()


async def choose(person: Person, *names: str) -> None:
    """Pick people by the beginning of their names, and submit."""
    for name in names:
        await person.page.fill("#people-picker-words", name)
        await person.page.click(f'#people-picker [aria-label^="Add {name}"]')
    await person.page.click("#people-picker [data-submit]")


async def test_a_room_is_made_another_finds_it_and_they_talk(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    await make_room(alice, "Plans")
    await alice.send("anyone?")

    await bob.page.click("#rooms-add")
    await bob.page.click("#browse-open")
    await bob.page.fill("#browse-words", "pla")
    await bob.page.click('[aria-label="Join Plans"]')
    await bob.is_up_to_date()

    await expect(bob.page.locator("#title")).to_have_text("Plans")
    await bob.sees("anyone?")
    await bob.send("me")
    await alice.sees("anyone?", "me")
    await expect(alice.page.locator(".presence__count")).to_have_text("2 here")
    await expect(alice.page.locator("#rooms .rooms__name")).to_have_text(["Lobby", "Plans"])


async def test_a_direct_conversation_appears_on_the_other_s_page_and_is_called_after_the_others(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("bobby", "Bob")

    await alice.page.click("#direct-new")
    await choose(alice, "Bob")

    await expect(alice.page.locator("#title")).to_have_text("Bob")
    await expect(alice.page.locator("#welcome")).to_contain_text("You and Bob")
    link = bob.page.locator("#directs .rooms__room")
    await expect(link).to_have_count(0)
    await alice.is_up_to_date()
    await alice.send("only for you")
    await expect(link).to_contain_text("Alice Moreau")
    await expect(link.locator(".rooms__unread")).to_have_text("1")
    await link.click()
    await bob.sees("only for you")
    await expect(bob.page).to_have_title("Alice Moreau · Parley")

    await bob.page.get_by_role("button", name="This conversation").click()
    await bob.page.get_by_role("button", name="Hide").click()
    await bob.page.locator("#confirm").get_by_role("button", name="Hide").click()
    await expect(bob.page.locator("#title")).to_have_text("Lobby")
    await expect(link).to_have_count(0)
    await bob.is_up_to_date()
    await alice.send("and once more")
    await expect(link).to_contain_text("Alice Moreau")


async def test_what_somebody_says_who_is_blocked_is_folded_until_it_has_the_focus(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob")
    await bob.send("buy my coins")
    await alice.sees("buy my coins")
    await alice.page.goto(f"{alice.address}/people/bobby")
    await alice.page.get_by_role("button", name="Block").click()
    await expect(alice.page.get_by_role("button", name="Unblock")).to_be_visible()

    await alice.page.goto(alice.address)
    text = alice.page.locator("#log .message__text")

    await expect(text).to_be_hidden()
    await alice.page.locator("#log .message").focus()
    await expect(text).to_have_text("buy my coins")
    await expect(text).to_be_visible()


async def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(visit: Visit) -> None:
    alice = await visit("alice")

    await alice.page.click("#rooms-add")
    await alice.page.click("#room-new")
    await alice.page.fill("#room-name", "lobby")
    await alice.page.fill("#room-topic", "Something else")
    await alice.page.keyboard.press("Enter")

    await expect(alice.page.locator("#room-name-told")).to_have_text(
        "There is a room of that name already. Try another."
    )
    await expect(alice.page.locator("#room-name")).to_be_focused()
    assert await alice.page.input_value("#room-topic") == "Something else"
    await alice.page.keyboard.press("Escape")
    await expect(alice.page.locator("#rooms-add")).to_be_focused()
    await alice.page.click("#direct-new")
    async with alice.page.expect_response("**/api/people?q=nobody"):
        await alice.page.keyboard.type("nobody")
        await alice.page.keyboard.press("Enter")
    await expect(alice.page.locator("#people-picker-told")).to_have_text("There is nobody with the login “nobody”.")
    assert await alice.page.input_value("#people-picker-words") == "nobody"


async def test_people_are_there_to_choose_from_at_once_and_enter_takes_the_first(visit: Visit) -> None:
    alice = await visit("alice")
    for login, name in (("bobby", "Bob"), ("sybil", "Anna Subotić"), ("zoe", "S. u. b."), ("carol", "Carol")):
        await visit(login, name)
    page = alice.page
    hint, names = page.locator("#people-picker-told"), page.locator("#people-picker .choice__name")

    await page.click("#direct-new")
    await expect(names).to_have_text(["Anna Subotić", "Bob", "Carol", "S. u. b."])
    await page.keyboard.type("sub")
    await expect(names).to_have_text(["Anna Subotić", "S. u. b."])
    await page.click("#people-picker [data-submit]")
    await expect(hint).to_have_text("Choose one of these people, or empty the field.")
    await page.keyboard.press("Enter")
    await expect(hint).to_be_hidden()
    await expect(page.locator(".picked__name")).to_have_text(["Anna Subotić"])
    await expect(page.locator("#people-picker-words")).to_have_value("")
    await expect(names).to_have_text(["Bob", "Carol", "S. u. b."])
    await page.keyboard.type("car")
    await page.click("#people-picker [data-submit]")
    await expect(page.locator("#title")).to_have_text("Anna Subotić, Carol")


async def test_the_list_of_people_says_why_nobody_is_in_it(visit: Visit) -> None:
    alice = await visit("alice")
    for login, name in (("bobby", "Bob"), ("carol", "Carol")):
        await visit(login, name)
    page = alice.page
    names, sentence = page.locator("#people-picker .choice__name"), page.locator("#people-picker .choices__none")

    await page.click("#direct-new")
    await page.click('[aria-label="Add Bob"]')
    await expect(names).to_have_text(["Carol"])
    await page.fill("#people-picker-words", "bob")
    await expect(sentence).to_contain_text("Everybody who fits is chosen already.")
    await page.fill("#people-picker-words", "zzz")
    await expect(sentence).to_have_text("Nobody has these letters in their login or name.")
    await page.fill("#people-picker-words", "")
    await page.click('[aria-label="Add Carol"]')
    await expect(sentence).to_contain_text("Everybody who fits is chosen already.")
    await page.click('[aria-label="Take Bob out"]')
    await expect(names).to_have_text(["Bob"])
    await expect(sentence).to_be_empty()


async def test_who_is_in_the_room_already_is_not_offered_to_be_added(visit: Visit) -> None:
    alice = await visit("alice")
    for login, name in (("bobby", "Bob"), ("bobbie", "Bobbie"), ("carol", "Carol")):
        await visit(login, name)
    page = alice.page
    told, added = page.locator("#people-picker .choice__more"), page.locator("#people-picker .picked__name")
    buttons = page.locator("#people-picker .choice").get_by_role("button")
    await make_room(alice, "Plans")

    await page.click("#room-more")
    await page.click('[data-action="add"]')
    await choose(alice, "Bobbie")
    await page.click("#room-more")
    await page.click('[data-action="add"]')
    await expect(told).to_have_text(["bobby", "bobbie · in this room", "carol"])
    await expect(buttons).to_have_count(2)
    await page.keyboard.type("bob")
    await expect(buttons).to_have_count(1)
    await page.keyboard.press("Enter")

    await expect(added).to_have_text(["Bob"])


async def test_those_in_one_room_are_not_taken_for_those_in_the_next(visit: Visit) -> None:
    """The answer about the first room comes when the dialog is open for the second, and waits for its people."""
    alice = await visit("alice")
    await visit("bobby", "Bob")
    page, told = alice.page, alice.page.locator("#people-picker .choice__more")
    await make_room(alice, "Plans")
    await page.click("#room-more")
    await page.click('[data-action="add"]')
    await choose(alice, "Bob")
    await make_room(alice, "Empty")
    await page.get_by_role("link", name="Plans").click()
    members, people = asyncio.Event(), asyncio.Event()
    await page.route("**/api/rooms/2/members", lambda route: after(members, route))
    async with page.expect_request("**/api/rooms/2/members"):
        await page.click("#room-more")
        await page.click('[data-action="add"]')
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Empty").click()
    await expect(page.locator("#title")).to_have_text("Empty")

    await page.route("**/api/people?*", lambda route: after(people, route))
    async with page.expect_request("**/api/people?*"):
        await page.click("#room-more")
        await page.click('[data-action="add"]')
    async with page.expect_response("**/api/rooms/2/members"):
        members.set()
    people.set()

    await expect(told).to_have_text(["bobby"])


async def after(event: asyncio.Event, route: Route) -> None:
    """Let a request go on once something has happened."""
    await event.wait()
    await route.continue_()


async def test_a_list_that_could_not_be_asked_for_says_only_that(visit: Visit) -> None:
    alice = await visit("alice")
    page, error = alice.page, alice.page.locator("#people-picker .dialog__error")
    await page.route("**/api/people?*", lambda route: route.abort())

    await page.click("#direct-new")

    await expect(error).to_be_visible()
    await expect(page.locator("#people-picker .choices__none")).to_be_empty()


async def test_a_click_counts_though_the_list_of_people_is_drawn_anew_meanwhile(visit: Visit) -> None:
    alice = await visit("alice")
    for login, name in (("bobby", "Bob"), ("carol", "Carol")):
        await visit(login, name)
    page, may_come = alice.page, asyncio.Event()
    names = page.locator("#people-picker .choice__name")

    async def wait(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/api/people?q=bob", wait)
    await page.click("#direct-new")
    await expect(names).to_have_text(["Bob", "Carol"])
    await page.fill("#people-picker-words", "bob")
    button = page.get_by_role("button", name="Add Bob")
    await button.hover()
    await page.mouse.down()
    may_come.set()
    await expect(names).to_have_text(["Bob"])
    await button.hover()  # it may have moved
    await page.mouse.up()

    await expect(page.locator(".picked__name")).to_have_text(["Bob"])


async def test_who_is_removed_lands_in_the_lobby_and_keeps_the_draft(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    await make_room(alice, "Secrets", "closed")
    await alice.page.click("#room-more")
    await alice.page.click('[data-action="add"]')
    await choose(alice, "Bob")
    await bob.page.click("#rooms >> text=Secrets")
    await bob.is_up_to_date()
    await bob.writing.fill("half a sent")

    await alice.page.click("#room-more")
    await alice.page.click('[data-action="members"]')
    await alice.page.click('[aria-label="Remove Bob"]')
    await expect(alice.page.locator("#confirm-heading")).to_have_text("Remove Bob from Secrets?")
    await alice.page.click("#confirm [data-close]")
    await expect(alice.page.locator('[aria-label="Remove Bob"]')).to_be_visible()
    await alice.page.click('[aria-label="Remove Bob"]')
    await alice.page.click("#confirm [data-submit]")
    await expect(alice.page.locator('[aria-label="Remove Bob"]')).to_have_count(0)
    await expect(bob.page).to_have_url(f"{bob.address}/rooms/1")

    await expect(bob.page.locator("#title")).to_have_text("Lobby")
    await expect(bob.page.locator("#rooms .rooms__name")).to_have_text(["Lobby"])
    await expect(bob.page.locator("#stranded-text")).to_have_text("half a sent")
    await alice.page.keyboard.press("Escape")
    await alice.page.click("#room-more")
    await alice.page.click('[data-action="add"]')
    await choose(alice, "Bob")
    await bob.page.click("#rooms >> text=Secrets")
    await expect(bob.writing).to_have_value("half a sent")
    await bob.is_up_to_date()
    await expect(bob.page.locator("#stranded")).to_be_hidden()


async def test_what_was_not_sent_to_a_room_is_shown_to_who_is_no_longer_in_it(visit: Visit, database: Engine) -> None:
    alice = await visit("alice", permissions=["clipboard-read", "clipboard-write"])
    await make_room(alice, "Plans")
    with database.begin() as conn:
        conn.execute(delete(memberships).where(memberships.c.room_id == 2))
    await alice.send("written in\ngood faith")
    await expect(alice.page.locator(".message__reason")).to_have_text("You are not a member of this room.")

    await alice.page.goto(alice.address)
    stranded = alice.page.locator("#stranded")
    await expect(stranded).to_contain_text("you are no longer in its room: written in")
    await stranded.get_by_role("button", name="Copy it").click()
    await becomes(lambda: alice.page.evaluate(CLIPBOARD), "written in\ngood faith")
    await stranded.get_by_role("button", name="Delete it").click()

    await expect(stranded).to_be_hidden()
    await alice.reload()
    await expect(stranded).to_be_hidden()


async def test_a_change_of_name_and_the_archiving_show_on_every_page(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    await make_room(alice, "Plans")
    await bob.page.click("#rooms-add")
    await bob.page.click("#browse-open")
    await bob.page.click('[aria-label="Join Plans"]')
    await bob.is_up_to_date()

    await alice.page.click("#room-more")
    await alice.page.click('[data-action="edit"]')
    await alice.page.fill("#room-name", "Dreams")
    await alice.page.fill("#room-topic", "What comes next")
    await alice.page.keyboard.press("Enter")
    await expect(bob.page.locator("#title")).to_have_text("Dreams")
    await expect(bob.page.locator("#topic")).to_have_text("What comes next")
    await expect(bob.page.locator("#rooms .rooms__name")).to_have_text(["Dreams", "Lobby"])
    await bob.page.click("#room-more")
    await expect(bob.page.locator("#room-actions .settings__item:visible")).to_have_text(
        ["Add people", "Members", "Save", "Leave"]
    )
    await bob.page.keyboard.press("Escape")
    await settle_archive(alice, "archive")

    await expect(bob.page.locator("#archived")).to_be_visible()
    await expect(bob.page.locator("#composer")).to_be_hidden()

    await settle_archive(alice, "revive")
    await expect(bob.page.locator("#archived")).to_be_hidden()
    await expect(bob.page.locator("#composer")).to_be_visible()


async def settle_archive(person: Person, action: str) -> None:
    """Archive the room, or bring it back."""
    await person.page.click("#room-more")
    await person.page.click(f'[data-action="{action}"]')
    await person.page.click("#confirm [data-submit]")


async def test_in_an_archived_room_nothing_is_offered_that_cannot_work_and_nothing_typed_is_lost(visit: Visit) -> None:
    alice = await visit("alice", "Alice", permissions=["clipboard-read", "clipboard-write"])
    await make_room(alice, "Plans")
    await alice.send("as it is")
    await alice.has_all_sent()
    room = Person(await alice.page.context.new_page(), alice.address)
    await room.page.goto(alice.page.url)
    await room.is_up_to_date()
    message, buttons = alice.page.locator('[data-seq="1"]'), alice.page.locator(".toolbar__button:visible")
    await message.hover()
    await alice.page.get_by_role("button", name="React").click()
    await alice.page.locator("#picker").get_by_role("button", name="👍").click()
    await expect(message.locator(".reaction")).to_have_text("👍 1")
    await message.hover()
    await alice.page.get_by_role("button", name="Edit").click()
    await alice.writing.fill("as it should be")
    await message.hover()
    await alice.page.get_by_role("button", name="React").click()
    await expect(alice.page.locator("#picker")).to_be_visible()

    await settle_archive(room, "archive")

    await expect(alice.page.locator("#picker")).to_be_hidden()
    await expect(alice.page.locator("#intent")).to_be_hidden()
    await message.hover()
    await expect(buttons).to_have_count(2)
    assert await buttons.evaluate_all("all => all.map(button => button.title)") == ["Copy link", "Delete"]
    await message.locator(".reaction").click()
    await expect(alice.page.locator("#note")).to_have_text("This room is archived: nothing changes here any more.")
    await expect(message.locator(".reaction")).to_have_attribute("aria-pressed", "true")
    await alice.page.get_by_role("button", name="Copy it").click()
    await becomes(lambda: alice.page.evaluate(CLIPBOARD), "as it should be")

    await settle_archive(room, "revive")

    await expect(alice.page.locator("#intent")).to_be_visible()
    await expect(alice.writing).to_have_value("as it should be")
    await alice.writing.press("Enter")
    await alice.sees("as it should be")


async def test_an_admin_lets_new_people_land_in_a_room(visit: Visit) -> None:
    admin, alice = await visit("adele"), await visit("alice")
    await make_room(alice, "Plans")
    await alice.page.click("#room-more")
    await alice.page.click('[data-action="edit"]')
    await expect(alice.page.locator("#room-landings")).to_be_hidden()
    await make_room(admin, "News")

    await admin.page.click("#room-more")
    await admin.page.click('[data-action="edit"]')
    await admin.page.get_by_label("For everyone").check()
    await admin.page.keyboard.press("Enter")
    await expect(admin.page.locator("#room-form")).to_be_hidden()

    newcomer = await visit("newcomer")
    await expect(newcomer.page.locator("#rooms .rooms__name")).to_have_text(["Lobby", "News"])
    await admin.page.click("#room-more")
    await admin.page.click('[data-action="edit"]')
    await expect(admin.page.get_by_label("For everyone")).to_be_checked()


async def test_who_follows_a_link_to_an_open_room_joins_it_by_one_button(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    await make_room(alice, "Plans")
    await alice.is_up_to_date()
    await alice.send("the first word")
    await alice.has_all_sent()
    link = f"{alice.page.url}/1"

    await bob.page.goto(link)
    await expect(bob.page.get_by_role("heading")).to_have_text("Join Plans?")
    await bob.page.keyboard.press("Tab")
    await bob.page.keyboard.press("Enter")

    await expect(bob.page).to_have_url(link)
    await bob.is_up_to_date()
    await bob.sees("the first word")
    await expect(bob.page.locator('[data-seq="1"]')).to_have_attribute("data-marked", "")
