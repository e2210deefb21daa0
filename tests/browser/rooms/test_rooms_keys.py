"""From room to room without a mouse, what is unread in them, and jumping in time."""

from collections.abc import Callable

import pytest
from playwright.async_api import expect
from sqlalchemy import Engine, func, insert, literal, select

from app.db.schema import memberships, messages, rooms, users
from tests.browser.conftest import Fill, Visit
from tests.browser.person import Person
from tests.browser.search.finding import is_found

MakeRooms = Callable[..., None]


@pytest.fixture
def make_rooms(database: Engine) -> MakeRooms:
    """Makes rooms that everybody is a member of, with so many messages that nobody but their author has read."""

    def make(unread: dict[str, int]) -> None:
        with database.begin() as conn:
            author = conn.scalar(select(func.min(users.c.id)))
            for name, count in unread.items():
                values = {"name": name, "last_seq": count, "last_rev": count}
                room = conn.scalar(insert(rooms).values(values).returning(rooms.c.id))
                everybody = select(literal(room), users.c.id)
                conn.execute(insert(memberships).from_select(["room_id", "user_id"], everybody))
                for seq in range(1, count + 1):
                    message = {"room_id": room, "seq": seq, "rev": seq, "author_id": author, "body": f"{name} {seq}"}
                    conn.execute(insert(messages).values(message | {"client_id": func.gen_random_uuid()}))

    return make


async def bob_sees_rooms(visit: Visit, make_rooms: MakeRooms, unread: dict[str, int]) -> Person:
    """Bob, on a page with the rooms that `make_rooms` makes; Alice wrote what is unread in them."""
    await visit("alice")
    bob = await visit("bob")
    make_rooms(unread)
    await bob.reload()
    return bob


async def is_in(person: Person, room: str) -> None:
    await expect(person.page.locator(".room__name bdi")).to_have_text(room)
    await person.is_up_to_date()


async def test_a_few_letters_lead_to_a_room_and_what_is_unread_comes_first(visit: Visit, make_rooms: MakeRooms) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"Design": 0, "Water cooler": 2, "Café": 0})
    keys, options = bob.page.keyboard, bob.page.locator(".search-box__name")

    await keys.press("Control+k")
    await expect(options).to_have_text(["Water cooler", "Café", "Design", "Lobby"])
    await keys.type("cfe")
    await expect(options).to_have_text(["Café"])
    await keys.type("x")
    await expect(bob.page.get_by_text("No room, nobody and no message has these letters")).to_be_visible()
    await keys.press("Escape")
    await expect(bob.page.locator("#search")).to_be_hidden()

    await bob.writing.press("/")
    await expect(bob.writing).to_have_value("/")
    await bob.writing.fill("")
    await keys.press("Shift+Tab")
    await keys.press("/")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await is_in(bob, "Design")


async def test_who_begins_so_comes_before_what_has_the_letters_somewhere_however_fast_one_is(
    visit: Visit, make_rooms: MakeRooms
) -> None:
    alice, _ = await visit("alice"), await visit("bobby", "Anna Súbira")
    make_rooms({"Some unread business": 2, "Sub": 0, "Subways": 1})
    await alice.reload()
    await alice.send("a submarine")
    await is_found(alice, "sub")
    keys, options = alice.page.keyboard, alice.page.locator(".search-box__option:not([data-way]) .search-box__name")

    await keys.press("Control+k")
    await keys.type("sub")
    await expect(alice.page.locator("#search-all")).to_be_visible()
    await expect(options).to_have_text(["Sub", "Subways", "Anna Súbira", "Some unread business"])
    await expect(options.locator("xpath=..").first).to_have_attribute("aria-selected", "true")
    await keys.press("Escape")
    await keys.press("Control+k")
    await keys.type("subi")
    await keys.press("Enter")
    await is_in(alice, "Anna Súbira")
    await keys.press("Control+k")
    await keys.type("sube")
    await keys.press("Enter")
    await is_in(alice, "Some unread business")
    await keys.press("Control+k")
    await keys.type("bobb")  # the login of somebody with whom there is a conversation
    await keys.press("Enter")
    await is_in(alice, "Anna Súbira")


async def test_a_few_letters_lead_to_a_person_and_their_profile_does_too(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob", "Bob Miller")

    await alice.page.keyboard.press("Control+k")
    await alice.page.keyboard.type("mill")
    await expect(alice.page.locator(".search-box__name")).to_have_text(["Bob Miller"])
    await alice.page.keyboard.press("Enter")
    await is_in(alice, "Bob Miller")
    await alice.send("just us")

    await bob.page.goto(f"{bob.address}/people/alice")
    await bob.page.get_by_role("button", name="Message").click()
    await is_in(bob, "alice")
    await bob.sees("just us")


async def test_a_message_is_made_unread_from_and_stays_so_until_escape(visit: Visit, fill: Fill) -> None:
    await visit("alice")
    bob = await visit("bob")
    fill("alice", 5)
    await bob.reload()

    await bob.page.locator('.message[data-seq="4"]').focus()
    await bob.page.keyboard.press("Shift+U")
    await expect(bob.page).to_have_title("(2) Lobby · Parley")
    await expect(bob.page.locator(".divider--new + [data-seq='4']")).to_have_count(1)
    await bob.page.keyboard.press("Escape")
    await bob.page.keyboard.press("Escape")

    await expect(bob.page).to_have_title("Lobby · Parley")


async def test_keys_walk_through_the_rooms_and_with_shift_through_the_unread_ones(
    visit: Visit, make_rooms: MakeRooms
) -> None:
    bob = await bob_sees_rooms(visit, make_rooms, {"One": 0, "Two": 1, "Three": 0})

    await bob.page.keyboard.press("Alt+ArrowDown")
    await is_in(bob, "One")
    await bob.page.keyboard.press("Alt+ArrowUp")
    await is_in(bob, "Lobby")
    await bob.page.keyboard.press("Alt+Shift+ArrowUp")
    await is_in(bob, "Two")


async def test_escape_reads_a_room_and_with_shift_all_of_them(visit: Visit, make_rooms: MakeRooms, fill: Fill) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    await bob.leave()
    fill("alice", 90, read=False)
    make_rooms({"One": 3})
    await bob.come_back()
    await expect(bob.page).to_have_title("(93) Lobby · Parley")
    assert (await bob.page.locator("link[rel=icon]").get_attribute("href") or "").endswith("/favicon-more.svg")

    await bob.page.keyboard.press("Escape")
    await expect(bob.page).to_have_title("(3) Lobby · Parley")
    assert (await bob.page.locator("link[rel=icon]").get_attribute("href") or "").endswith("/favicon-3.svg")
    await bob.page.keyboard.press("Shift+Escape")
    await expect(bob.page).to_have_title("Lobby · Parley")
    await expect(bob.page.locator("#note")).to_have_text("All read · Undo")
    await bob.page.locator("#note").get_by_role("button", name="Undo").click()
    await expect(bob.page).to_have_title("(3) Lobby · Parley")
    await expect(bob.page.locator("#note")).to_have_text("Unread again, as it was.")
    await bob.page.keyboard.press("Shift+Escape")
    await expect(bob.page).to_have_title("Lobby · Parley")

    await expect(alice.page).to_have_title("Lobby · Parley")
    other = await bob.page.context.new_page()
    await other.goto(bob.address)
    await expect(other).to_have_title("Lobby · Parley")


async def test_a_message_in_another_room_is_counted_beside_its_name(visit: Visit, make_rooms: MakeRooms) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    make_rooms({"One": 0})
    for person in (alice, bob):
        await person.reload()
    await bob.page.get_by_role("link", name="One").click()
    await is_in(bob, "One")

    await bob.send("over here")

    link = alice.page.locator(".rooms__item", has_text="One")
    await expect(link.locator(".rooms__unread")).to_have_text("1")
    await link.click()
    await is_in(alice, "One")
    await alice.sees("over here")
    await expect(alice.page).to_have_title("One · Parley")


async def test_the_popover_of_days_leads_to_a_day_the_beginning_and_the_end(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice")
    fill("alice", 200)
    await alice.reload()
    open_it = alice.page.get_by_role("button", name="Jump to a day")

    await open_it.click()
    await alice.page.get_by_role("link", name="First message").click()
    await expect(alice.page.locator(".message[data-marked]")).to_have_attribute("data-seq", "1")
    await open_it.click()
    await alice.page.get_by_label("A day", exact=True).fill("2000-01-01")
    async with alice.page.expect_navigation(url="**/rooms/1/1"):  # to the address where one is
        await alice.page.keyboard.press("Enter")
    await open_it.click()
    await alice.page.get_by_role("link", name="Latest message").click()
    await expect(alice.page.locator(".message[data-marked]")).to_have_attribute("data-seq", "200")
