"""What counts beside a room's name, as people change what was said, leave in a hurry, or want to come back to it."""

import uuid

from playwright.async_api import Locator, expect
from sqlalchemy import Engine, func, insert, update

from app.chat.memberships.room_queries import MAX_LISTED
from app.db.schema import messages, rooms
from tests.browser.conftest import Visit
from tests.browser.messages.test_changing import edit_last as turn_to_last
from tests.browser.person import Person
from tests.browser.rooms.test_levels import DEN, MakeRoom, go_to, link_of, make_room

__all__ = ["make_room"]


def badge(person: Person, kind: str, room: str = "Lobby") -> Locator:
    return link_of(person, room).locator(f".rooms__{kind}")


async def edit_last(person: Person, old: str, new: str) -> None:
    """Edit the last message once it is there, and let the edit end: until then the up key would do nothing."""
    await turn_to_last(person, old)
    await person.writing.fill(new)
    await person.writing.press("Enter")
    await person.sees(new)
    await expect(person.page.locator("#intent")).to_be_hidden()


async def test_an_edit_calls_and_takes_the_call_back_beside_the_name_of_another_room(
    visit: Visit, make_room: MakeRoom
) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    await go_to(bob, make_room(DEN))

    await alice.send("lunch?")
    await expect(badge(bob, "unread")).to_have_text("1")
    await expect(badge(bob, "mentions")).to_be_hidden()
    for _ in range(2):
        await edit_last(alice, "lunch?", "lunch, @bobby?")
        await expect(badge(bob, "mentions")).to_have_text("@1")
        await edit_last(alice, "lunch, @bobby?", "lunch?")
        await expect(badge(bob, "mentions")).to_be_hidden()
    await edit_last(alice, "lunch?", "lunch, @all?")
    await expect(badge(bob, "mentions")).to_have_text("@1")
    await edit_last(alice, "lunch, @all?", "@bobby, lunch, @all?")
    await bob.reload()

    await expect(badge(bob, "mentions")).to_have_text("@1")
    await expect(badge(bob, "unread")).to_have_text("1")


async def test_who_leaves_right_after_reading_or_writing_has_nothing_unread(visit: Visit, make_room: MakeRoom) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    den = make_room(DEN)

    await bob.send("hello")
    await alice.sees("hello")
    await expect(alice.page).to_have_title("Lobby · Parley")
    await go_to(alice, den)
    await expect(badge(alice, "unread")).to_be_hidden()

    await go_to(alice, 1)
    await alice.send("hi")
    await alice.has_all_sent()
    await go_to(alice, den)
    await expect(badge(alice, "unread")).to_be_hidden()
    await expect(alice.page).to_have_title(f"{DEN} · Parley")
    await expect(badge(bob, "unread")).to_be_hidden()


async def test_what_was_made_unread_counts_on_every_page_without_what_one_writes_after_it(
    visit: Visit, make_room: MakeRoom
) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    tab = Person(await alice.page.context.new_page(), alice.address)
    await go_to(tab, make_room(DEN))
    await alice.page.bring_to_front()
    await bob.send("@alice, look")
    await alice.sees("@alice, look")
    await expect(badge(tab, "unread")).to_be_hidden()

    await alice.page.locator(".message[data-seq]").focus()
    await alice.page.keyboard.press("Shift+U")
    await expect(badge(tab, "mentions")).to_have_text("@1")
    await alice.send("later")
    await alice.has_all_sent()
    for _ in range(2):
        await expect(badge(tab, "unread")).to_have_text("1")
        await tab.reload()

    await alice.page.click("#room-more")
    await alice.page.get_by_role("radio", name="Only mentions").check()
    await expect(badge(tab, "unread")).to_be_hidden()
    await expect(badge(tab, "mentions")).to_have_text("@1")
    await expect(alice.page).to_have_title("(1) Lobby · Parley")
    assert tab.faults == []


async def test_of_very_many_that_were_deleted_none_counts_and_those_that_are_left_do(
    visit: Visit, make_room: MakeRoom, database: Engine
) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    den, last = make_room(DEN), MAX_LISTED + 200
    with database.begin() as conn:
        gone = {"room_id": den, "author_id": 1, "body": "", "deleted_at": func.now()}
        numbers = [{"seq": n, "rev": n, "client_id": uuid.uuid4()} for n in range(1, last + 1)]
        conn.execute(insert(messages).values(gone), numbers)
        conn.execute(update(messages).where(messages.c.seq > last - 2).values(deleted_at=None, body="stays"))
        conn.execute(update(rooms).where(rooms.c.id == den).values(last_seq=last, last_rev=last))

    for _ in range(2):
        await bob.reload()
        await bob.is_up_to_date()
        await expect(badge(bob, "unread", DEN)).to_have_text("2")
    await go_to(alice, den)
    await alice.send("one more")
    await expect(badge(bob, "unread", DEN)).to_have_text("3")
    await alice.page.locator(".message", has_text="stays").last.hover()
    await alice.page.get_by_role("button", name="Delete").click()
    await alice.page.locator("#deletion").get_by_role("button", name="Delete").click()
    await expect(badge(bob, "unread", DEN)).to_have_text("2")
    await bob.page.locator("#sidebar").get_by_role("link", name=DEN).click()
    await expect(bob.page.locator("#title")).to_have_text(DEN)
    await bob.page.keyboard.press("Escape")
    await expect(badge(bob, "unread", DEN)).to_be_hidden()
    await expect(bob.page.locator("#log .message__text").last).to_have_text("one more")
