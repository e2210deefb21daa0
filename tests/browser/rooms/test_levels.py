"""How much of a room counts as unread: chosen in its menu, by keys alone too, and what the page makes of it."""

from collections.abc import Callable

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, Page, expect
from sqlalchemy import Engine, insert, select

from app.db.schema import instance, memberships, rooms, users
from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.support.locks import cancel_who_waits
from tests.support.proxy import Proxy

DEN, ATTIC = "Den", "Attic"
MakeRoom = Callable[[str], int]


@pytest.fixture
def make_room(database: Engine) -> MakeRoom:
    """Makes a room that everybody is a member of."""

    def make(name: str) -> int:
        with database.begin() as conn:
            room: int = conn.execute(insert(rooms).values(name=name).returning(rooms.c.id)).scalar_one()
            conn.execute(
                insert(memberships), [{"room_id": room, "user_id": id} for id in conn.scalars(select(users.c.id))]
            )
        return room

    return make


async def go_to(person: Person, room: int) -> None:
    await person.page.goto(f"{person.address}/rooms/{room}")
    await person.is_up_to_date()


def link_of(person: Person, name: str) -> Locator:
    return person.page.locator(".rooms__item", has_text=name)


async def has_icon(person: Person, name: str) -> None:
    href = await person.page.locator("link[rel=icon]").get_attribute("href") or ""
    assert href.endswith(f"/{name}.svg")


async def mute_by_keys(page: Page) -> None:
    """Choose the third level in the menu of the room, and leave the menu open."""
    await page.locator("#room-more").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("radio", name="All messages")).to_be_checked()
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")


async def test_a_room_is_muted_by_keys_alone_and_no_longer_counts_on_any_page(
    visit: Visit, make_room: MakeRoom
) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    den = make_room(DEN)
    await go_to(alice, den)
    await go_to(bob, den)
    tab = Person(await bob.page.context.new_page(), bob.address)
    await tab.page.goto(tab.address)
    await tab.is_up_to_date()

    await mute_by_keys(bob.page)
    await expect(link_of(tab, DEN)).to_have_attribute("data-level", "muted")
    await expect(bob.page.get_by_role("radio").nth(2)).to_be_checked()
    await bob.page.keyboard.press("Escape")
    await expect(bob.page.locator("#room-more")).to_be_focused()

    await bob.page.goto(bob.address)
    await bob.is_up_to_date()
    await alice.send("nothing new")
    await alice.send("@bob, but this is")
    for page in (bob, tab):
        await expect(link_of(page, DEN).locator(".rooms__mentions")).to_have_text("@1")
        await expect(link_of(page, DEN).locator(".rooms__unread")).to_be_hidden()
        await expect(page.page).to_have_title("Lobby · Parley")
        await has_icon(page, "favicon")
    await expect(link_of(bob, DEN).get_by_role("img", name="muted")).to_be_visible()

    await bob.reload()
    await expect(link_of(bob, DEN).locator(".rooms__mentions")).to_have_text("@1")
    await expect(bob.page).to_have_title("Lobby · Parley")
    await go_to(bob, den)
    await bob.sees("nothing new", "@bob, but this is")
    await expect(bob.page.locator(".divider--new")).to_have_count(1)
    assert tab.faults == []


async def test_a_room_at_mentions_counts_and_is_walked_to_when_one_is_mentioned(
    visit: Visit, make_room: MakeRoom
) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    attic, den = make_room(ATTIC), make_room(DEN)
    await go_to(bob, attic)
    await bob.page.click("#room-more")
    await bob.page.get_by_role("radio", name="Only mentions").check()
    await expect(link_of(bob, ATTIC)).to_have_attribute("data-level", "mentions")
    await bob.page.goto(bob.address)
    await bob.is_up_to_date()
    for room in (attic, den):
        await go_to(alice, room)
        await alice.send("hello")
        await alice.has_all_sent()
    await expect(bob.page).to_have_title("(1) Lobby · Parley")
    names = bob.page.locator(".search-box__name")

    await bob.page.keyboard.press("Control+k")
    await expect(names).to_have_text([DEN, ATTIC, "Lobby"])
    await bob.page.keyboard.press("Escape")
    await go_to(alice, attic)
    await alice.send("@bob?")

    await expect(bob.page).to_have_title("(2) Lobby · Parley")
    await has_icon(bob, "favicon-2")
    await expect(link_of(bob, ATTIC).locator(".rooms__unread")).to_be_hidden()
    await bob.page.keyboard.press("Control+k")
    await expect(names).to_have_text([ATTIC, DEN, "Lobby"])
    await expect(bob.page.locator(".search-box__note")).to_have_text(["@1", "1 unread", ""])
    await bob.page.keyboard.press("Escape")
    await bob.page.keyboard.press("Alt+Shift+ArrowDown")
    await expect(bob.page.locator("#title")).to_have_text(ATTIC)


async def test_the_menu_shows_what_another_tab_chose_and_only_what_was_set(
    visit: Visit, server: TestServer, database: Engine
) -> None:
    async with Proxy(server.port) as proxy:
        alice = await visit("alice", port=proxy.port)
        tab = Person(await alice.page.context.new_page(), alice.address)
        await tab.page.goto(tab.address)
        await tab.is_up_to_date()
        chosen, note = alice.page.locator("#preferences :checked"), alice.page.locator("#note")

        await alice.page.click("#room-more")
        await tab.page.click("#room-more")
        await tab.page.get_by_role("radio", name="Muted").check()
        await expect(chosen).to_have_value("muted")

        with database.begin() as conn:
            conn.execute(select(instance).with_for_update())
            await alice.page.get_by_role("radio", name="All messages").click()
            await cancel_who_waits(database)
            await expect(note).to_have_text("The database does not answer in time. The server keeps trying.")
            await expect(chosen).to_have_value("muted")

        proxy.cut()
        await alice.page.get_by_role("radio", name="Only mentions").click()
        await expect(chosen).to_have_value("mentions")
        proxy.mend()
        await expect(note).to_have_text("There is no connection: try again in a moment.")
        await expect(chosen).to_have_value("muted")


async def test_a_direct_conversation_has_a_menu_with_the_levels_and_a_way_to_hide_it(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob")
    await alice.page.goto(f"{alice.address}/people/bobby")
    await alice.page.get_by_role("button", name="Message").click()
    await alice.is_up_to_date()

    await alice.page.get_by_role("button", name="This conversation").click()
    await expect(alice.page.locator("#room-actions .settings__item:visible")).to_have_text(["Save", "Hide"])
    await alice.page.get_by_role("radio", name="Muted").check()
    await expect(alice.page.locator("#directs .rooms__item")).to_have_attribute("data-level", "muted")

    await alice.page.keyboard.press("Escape")
    await alice.send("hello")
    await expect(bob.page.locator("#directs .rooms__item")).to_have_attribute("data-level", "all")
