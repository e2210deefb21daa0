"""Leaving a room, being removed from one, coming into one: the page shows another room at once, and does not load."""

from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.browser.rooms.test_rooms import choose, make_room
from tests.browser.rooms.test_rooms_keys import MakeRooms, bob_sees_rooms, make_rooms
from tests.browser.rooms.test_turning import go_to, has_stayed, stay

__all__ = ["make_rooms"]


async def is_at_home(person: Person, *rooms: str) -> None:
    """In the Lobby, without a load, and these are the rooms in the list."""
    await expect(person.page.locator("#title")).to_have_text("Lobby")
    await expect(person.page).to_have_title("Lobby · Parley")
    await expect(person.page.locator("#rooms .rooms__name")).to_have_text([*rooms])
    await expect(person.page.locator("#sidebar [aria-current] .rooms__name")).to_have_text("Lobby")
    await expect(person.page).to_have_url(f"{person.address}/rooms/1")
    await expect(person.writing).to_be_focused()
    await person.is_up_to_date()
    assert await has_stayed(person)


async def leave(person: Person) -> None:
    for button in ("#room-more", '[data-action="leave"]', "#confirm [data-submit]"):
        await person.page.click(button)


async def test_a_room_that_one_leaves_makes_way_for_the_first_without_a_load(
    visit: Visit, make_rooms: MakeRooms
) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"Attic": 1, "Plans": 3})
    page, note = bob.page, bob.page.locator("#note")
    await stay(bob)
    await bob.writing.fill("half a sentence")
    await go_to(bob, "Attic")
    await expect(page.locator("#sidebar [aria-current] .rooms__unread")).to_be_hidden()
    await go_to(bob, "Plans")
    await bob.sees("Plans 1", "Plans 2", "Plans 3")
    await bob.writing.fill("for plans")

    await leave(bob)

    await is_at_home(bob, "Attic", "Lobby")
    await expect(note).to_have_text("You are no longer in Plans.")
    await expect(page.locator("#confirm")).to_be_hidden()
    await expect(page.locator("#stranded-text")).to_have_text("for plans")
    await expect(bob.writing).to_have_value("half a sentence")
    await bob.writing.press("End")
    await page.keyboard.type(" and the rest")
    await bob.writing.press("Enter")
    await bob.sees("half a sentence and the rest")
    await bob.has_all_sent()
    await page.go_back()
    await expect(page.locator("#title")).to_have_text("Attic")
    await page.go_forward()
    await is_at_home(bob, "Attic", "Lobby")
    await page.reload()  # where it lands, the rooms are the same
    await stay(bob)
    await is_at_home(bob, "Attic", "Lobby")


async def loses_its_socket(person: Person) -> None:
    """From here on nothing comes to the page but what it asks for."""
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if len(sockets) == 1:
            socket.connect_to_server()  # the others open, and say nothing

    await person.page.route_web_socket("**/ws", connect)
    await person.reload()
    await person.page.context.set_offline(True)
    await expect(person.page.locator("#connection")).to_be_visible()
    await person.page.context.set_offline(False)


async def test_rooms_are_left_and_made_without_a_socket_and_without_a_load(visit: Visit, make_rooms: MakeRooms) -> None:
    await visit("alice")
    bob = await visit("bobby", is_new=True)
    make_rooms({"Plans": 1})
    page, names = bob.page, bob.page.locator("#rooms .rooms__name")
    await loses_its_socket(bob)
    await stay(bob)
    await go_to(bob, "Plans")
    await bob.sees("Plans 1")

    await leave(bob)
    await expect(page.locator("#title")).to_have_text("Lobby")
    await expect(names).to_have_text(["Lobby"])
    await page.click("#rooms-add")
    await page.click("#room-new")
    await page.fill("#room-name", "Dreams")
    await page.click("#room-form [data-submit]")

    await expect(page.locator("#title")).to_have_text("Dreams")
    await expect(names).to_have_text(["Dreams", "Lobby"])
    await expect(page.locator("#room-form")).to_be_hidden()
    await expect(page.locator("#welcome")).to_be_visible()
    await expect(bob.writing).to_be_focused()
    assert await has_stayed(bob)


async def test_what_waits_for_a_room_from_which_one_is_removed_is_said_and_nothing_is_loaded(
    visit: Visit, make_rooms: MakeRooms
) -> None:
    alice = await visit("alice", "Alice")
    bob = await visit("bobby", "Bob")
    await make_room(alice, "Secrets", "closed")
    await alice.page.click("#room-more")
    await alice.page.click('[data-action="add"]')
    await choose(alice, "Bob")
    await go_to(bob, "Secrets")
    await bob.is_up_to_date()
    await stay(bob)
    await bob.page.context.set_offline(True)
    await bob.send("written in good faith")
    await bob.sees("written in good faith")
    await bob.writing.fill("half a sent")

    await alice.page.click("#room-more")
    await alice.page.click('[data-action="members"]')
    await alice.page.click('[aria-label="Remove Bob"]')
    await alice.page.click("#confirm [data-submit]")
    await expect(alice.page.locator('[aria-label="Remove Bob"]')).to_have_count(0)
    await bob.page.context.set_offline(False)

    await is_at_home(bob, "Lobby")
    await expect(bob.page.locator("#note")).to_have_text("You are no longer in Secrets.")
    await expect(bob.writing).to_have_value("")
    stranded = bob.page.locator("#stranded-text")
    await expect(stranded).to_have_text("written in good faith")
    await bob.page.click("#stranded-delete")
    await expect(stranded).to_have_text("half a sent")
    await bob.page.click("#stranded-delete")
    await expect(bob.page.locator("#stranded")).to_be_hidden()
    await expect(bob.page.locator("#log .message")).to_have_count(0)
    assert await has_stayed(bob)


async def test_a_conversation_that_is_hidden_goes_and_comes_back_with_a_message_without_a_load(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    page, directs = bob.page, bob.page.locator("#directs .rooms__name")
    await stay(bob)
    await page.click("#direct-new")
    await choose(bob, "Alice")
    await expect(page.locator("#title")).to_have_text("Alice")
    await bob.send("only for you")
    await bob.has_all_sent()
    await leave(bob)
    await is_at_home(bob, "Lobby")
    await expect(directs).to_have_count(0)
    await expect(page.locator("#note")).to_have_text("")

    await go_to(alice, "Bob")
    await alice.send("and for you")

    await expect(directs).to_have_text("Alice")
    await go_to(bob, "Alice")
    await bob.sees("only for you", "and for you")
    assert await has_stayed(bob)


async def test_a_link_to_an_open_room_asks_whether_to_join_and_leads_to_its_message_without_a_load(
    visit: Visit,
) -> None:
    alice, bob = await visit("alice", "Alice"), await visit("bobby", "Bob")
    page, confirm = bob.page, bob.page.locator("#confirm")
    for name, kind in (("Plans", "open"), ("Secrets", "closed")):
        await make_room(alice, name, kind)
        await alice.send(f"the first word of {name}")
        await alice.has_all_sent()
    await go_to(alice, "Lobby")
    await alice.send(f"see {alice.address}/rooms/2/1 and {alice.address}/rooms/3/1")
    links = page.locator(".message__text a")
    await expect(links).to_have_count(2)
    await stay(bob)
    await bob.writing.fill("half a sentence")

    for button in ("Cancel", "Join"):
        await links.first.click()
        await expect(confirm.get_by_role("heading")).to_have_text("Join Plans?")
        await expect(page.locator("#confirm-told")).to_have_text("1 member, and everyone may join.")
        await confirm.get_by_role("button", name=button).click()
        await expect(confirm).to_be_hidden()

    await expect(page.locator("#title")).to_have_text("Plans")
    await expect(page.locator("#rooms .rooms__name")).to_have_text(["Lobby", "Plans"])
    await expect(page.locator('[data-seq="1"]')).to_have_attribute("data-marked", "")
    await expect(page).to_have_url(f"{bob.address}/rooms/2/1")
    await expect(bob.writing).to_be_focused()
    await bob.is_up_to_date()
    await page.go_back()
    await expect(bob.writing).to_have_value("half a sentence")
    assert await has_stayed(bob)
    await links.last.click()
    await expect(page.get_by_text("You are not a member of this room.")).to_be_visible()
    assert not await has_stayed(bob)
