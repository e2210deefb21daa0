"""Messages that are edited, deleted, reacted to and replied to, as people do it."""

import re

from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, expect
from sqlalchemy import Engine, delete, func, update

from app.db.schema import memberships, rooms
from tests.browser.conftest import Fill, Visit
from tests.browser.person import Person
from tests.support.proxy import Proxy


def message(person: Person, seq: int) -> Locator:
    return person.page.locator(f'#log > [data-seq="{seq}"]')


def chip(person: Person, seq: int, emoji: str) -> Locator:
    return message(person, seq).locator(f'.reaction[data-emoji="{emoji}"]')


async def point(person: Person, seq: int, command: str) -> None:
    """Point at a message and press a button of its toolbar."""
    await message(person, seq).hover()
    await message(person, seq).get_by_role("button", name=command).click()


async def edit_last(person: Person, text: str) -> None:
    """Press the up key once the message that is meant has arrived: one that is still on its way cannot be edited."""
    arrived = person.page.locator('#log > [data-seq]:not([data-seq=""]) .message__text')
    await expect(arrived.filter(has_text=text)).to_have_count(1)
    await person.writing.press("ArrowUp")
    await expect(person.writing).to_have_value(text)


async def edit_in_mid_sentence(person: Person, old: str, new: str) -> None:
    """Post the first message, begin to write another, and turn to edit the first; nothing of that is saved yet."""
    await person.send(old)
    await person.has_all_sent()
    await person.writing.fill("half a thou")
    await point(person, 1, "Edit")
    await person.writing.fill(new)


async def test_the_up_key_edits_ones_last_message_and_everyone_sees_it(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    await alice.send("first")
    await alice.send("helo")
    await bob.sees("first", "helo")
    await bob.send("hm?")
    await alice.sees("first", "helo", "hm?")

    await edit_last(alice, "helo")
    await alice.writing.fill("hello")
    await alice.writing.press("Enter")

    for person in (alice, bob):
        await person.sees("first", "hello", "hm?")
        await expect(person.page.locator("[data-edited]")).to_have_count(1)
        await expect(message(person, 2).locator(".message__text")).to_have_attribute("title", re.compile("^Edited .+"))
    await expect(alice.writing).to_have_value("")
    await expect(alice.page.locator("#intent")).to_be_hidden()
    await bob.reload()
    await bob.sees("first", "hello", "hm?")
    await expect(bob.page.locator("[data-edited]")).to_have_count(1)


async def test_escape_gives_an_edit_up_and_brings_back_what_was_typed_before(visit: Visit) -> None:
    alice = await visit("alice")
    await edit_in_mid_sentence(alice, "as it is", "something else")

    await alice.writing.press("Escape")

    await expect(alice.writing).to_have_value("half a thou")
    await alice.sees("as it is")
    await alice.reload()
    await expect(alice.writing).to_have_value("half a thou")


async def test_an_edit_to_nothing_asks_whether_to_delete_the_message(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.send("a mistake")
    await alice.has_all_sent()
    await alice.writing.fill("\u200b ")
    await alice.writing.press("Enter")
    await expect(alice.page.locator("#note")).to_have_text("Write something first.")
    await alice.writing.fill("")
    deletion = alice.page.locator("#deletion")

    for nothing, answer in (("", "Escape"), ("\u2800\u200b", "Escape"), ("", "Delete")):
        await edit_last(alice, "a mistake")
        await alice.writing.fill(nothing)
        await alice.writing.press("Enter")
        await expect(deletion).to_be_visible()
        await alice.sees("a mistake")
        if answer == "Escape":
            await alice.page.keyboard.press("Escape")
            await expect(alice.page.locator("#intent-sentence")).to_have_text("Editing your message")
            await alice.writing.press("Escape")
        else:
            await deletion.get_by_role("button", name="Delete").click()

    await alice.sees("Message deleted")
    await expect(alice.page.locator("#intent")).to_be_hidden()
    await expect(alice.writing).to_have_value("")
    await expect(alice.writing).to_be_focused()


async def test_an_edit_that_is_refused_stays_and_says_why(visit: Visit, database: Engine) -> None:
    alice = await visit("alice")
    await alice.send("as it is")
    await edit_last(alice, "as it is")
    with database.begin() as conn:
        conn.execute(delete(memberships))

    await alice.writing.fill("as it should be")
    await alice.writing.press("Enter")

    await expect(alice.page.locator("#note")).to_have_text("You are not a member of this room.")
    await expect(alice.writing).to_have_value("as it should be")
    await alice.sees("as it is")


async def test_an_edit_without_a_connection_is_saved_when_it_is_back(visit: Visit, server: TestServer) -> None:
    async with Proxy(server.port) as proxy:
        alice, bob = await visit("alice", port=proxy.port), await visit("bobby")
        await alice.send("before")
        await edit_last(alice, "before")
        proxy.cut()
        await alice.writing.fill("after")
        await alice.writing.press("Enter")
        await expect(alice.page.locator("#intent-sentence")).to_have_text("Saving…")
        await expect(alice.writing).to_have_value("after")

        proxy.mend()

        await bob.sees("after")
        await expect(alice.writing).to_have_value("")


async def test_deleting_asks_once_and_leaves_a_quiet_trace(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    await bob.send("a mistake")
    await bob.send("all right")
    for person in (alice, bob):  # a message that comes while one points moves what one points at
        await person.sees("a mistake", "all right")

    await point(bob, 1, "Delete")
    await bob.page.get_by_role("button", name="Cancel").click()
    await alice.sees("a mistake", "all right")
    await point(bob, 1, "Delete")
    await bob.page.locator("#deletion").get_by_role("button", name="Delete").click()

    for person in (alice, bob):
        await person.sees("Message deleted", "all right")
    await alice.reload()
    await alice.sees("Message deleted", "all right")
    assert "a mistake" not in await alice.page.content()
    await message(alice, 1).hover()
    await expect(message(alice, 1).locator(".toolbar__button:visible")).to_have_count(1)


async def test_what_was_refused_and_deleted_can_be_brought_back(visit: Visit, database: Engine) -> None:
    alice = await visit("alice")
    with database.begin() as conn:
        conn.execute(update(rooms).values(archived_at=func.now()))
    await alice.send("not wanted here")
    await expect(alice.page.locator(".message__reason")).to_have_text(
        "This room is archived: nobody posts here any more."
    )

    await alice.page.get_by_role("button", name="Delete").click()
    await alice.sees()
    await expect(alice.page.locator("#note")).to_have_text("Deleted before it was sent · Undo")
    with database.begin() as conn:
        conn.execute(update(rooms).values(archived_at=None))
    await alice.page.get_by_role("button", name="Undo").click()

    await alice.sees("not wanted here")
    await alice.has_all_sent()
    await expect(alice.page.locator("#note")).to_have_text("")


async def test_only_those_who_may_are_offered_to_edit_and_delete(visit: Visit) -> None:
    admin, bob, carol = await visit("alice"), await visit("bobby"), await visit("carol")
    await bob.send("mine")

    for person, commands in (
        (admin, ["React", "Reply", "Mark unread from here (Shift U)", "Copy link", "Report", "Delete"]),
        (bob, ["React", "Reply", "Edit", "Mark unread from here (Shift U)", "Copy link", "Delete"]),
        (carol, ["React", "Reply", "Mark unread from here (Shift U)", "Copy link", "Report"]),
    ):
        await person.sees("mine")
        await message(person, 1).hover()
        buttons = message(person, 1).locator(".toolbar__button:visible")
        await expect(buttons).to_have_count(len(commands))
        assert await buttons.evaluate_all("all => all.map(button => button.title)") == commands


async def test_people_react_by_mouse(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("bobby", "Bob B.")
    await alice.send("done!")
    await bob.sees("done!")

    await point(bob, 1, "React")
    await bob.page.locator("#picker").get_by_role("button", name="🎉").click()
    await expect(chip(alice, 1, "🎉")).to_have_text("🎉 1")
    await expect(chip(alice, 1, "🎉")).to_have_attribute("aria-pressed", "false")
    await expect(chip(alice, 1, "🎉")).to_have_attribute("title", "Bob B.")
    await chip(alice, 1, "🎉").click()

    for person in (alice, bob):
        await expect(chip(person, 1, "🎉")).to_have_text("🎉 2")
        await expect(chip(person, 1, "🎉")).to_have_attribute("aria-pressed", "true")
        await expect(chip(person, 1, "🎉")).to_have_attribute("aria-label", "🎉 2: Bob B., Alice Moreau")
    await alice.reload()
    await expect(chip(alice, 1, "🎉")).to_have_attribute("aria-pressed", "true")
    await chip(alice, 1, "🎉").click()
    await chip(bob, 1, "🎉").click()
    for person in (alice, bob):
        await expect(person.page.locator(".reaction")).to_have_count(0)


async def test_people_react_by_keyboard(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice")
    fill("alice", 3)
    await alice.reload()
    keys = alice.page.keyboard

    await keys.press("Shift+Tab")
    await expect(message(alice, 3)).to_be_focused()
    await keys.press("ArrowUp")
    await expect(message(alice, 2)).to_be_focused()
    await keys.press("Tab")
    await expect(alice.page.get_by_role("button", name="React")).to_be_focused()
    await keys.press("Enter")
    for _ in range(6):
        await keys.press("Tab")
    await expect(alice.page.locator("#picker-any")).to_be_focused()
    await keys.type("ok")
    await keys.press("Enter")
    await expect(alice.page.locator("#picker-reason")).to_have_text("Type or paste one emoji, and nothing else.")
    await alice.page.locator("#picker-any").fill("🦄")
    await keys.press("Enter")

    await expect(chip(alice, 2, "🦄")).to_have_text("🦄 1")
    await expect(alice.page.get_by_role("button", name="React")).to_be_focused()
    await keys.press("Escape")
    await expect(alice.writing).to_be_focused()


async def test_a_reply_quotes_its_original_and_leads_to_it(visit: Visit, fill: Fill) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("bobby")
    await alice.send("when do we meet?\nand where?")
    await bob.sees("when do we meet?\nand where?")

    await point(bob, 1, "Reply")
    await expect(bob.page.locator("#intent-sentence")).to_have_text("Replying to Alice Moreau: when do we meet?")
    await bob.send("at noon")

    for person in (alice, bob):
        await expect(message(person, 2).locator(".quote")).to_have_text("In reply to Alice Moreau when do we meet?")
    await expect(bob.page.locator("#intent")).to_be_hidden()
    fill("bobby", 120)
    await bob.reload()
    await edit_last(alice, "when do we meet?\nand where?")
    await alice.send("when do we eat?")
    await bob.page.goto(f"{bob.address}/rooms/1/60")
    await bob.is_up_to_date()
    await bob.page.goto(f"{bob.address}/rooms/1/2")
    await expect(message(bob, 2).locator(".quote__text")).to_have_text("when do we eat?")
    await message(bob, 2).locator(".quote").click()
    await expect(message(bob, 1)).to_be_focused()
    await expect(message(bob, 1)).to_have_attribute("data-marked", "")


async def test_a_reply_that_was_begun_is_there_after_a_reload_until_it_is_given_up(visit: Visit, fill: Fill) -> None:
    alice = await visit("alice", "Alice Moreau")
    sentence = alice.page.locator("#intent-sentence")
    await alice.send("when do we meet?")
    await alice.has_all_sent()
    await point(alice, 1, "Reply")
    await alice.writing.fill("at no")

    await alice.reload()
    await expect(sentence).to_have_text("Replying to Alice Moreau: when do we meet?")
    await expect(alice.writing).to_have_value("at no")
    fill("alice", 200)
    await alice.reload()
    await expect(sentence).to_have_text("Replying to an older message")
    await alice.send("at noon")
    await expect(alice.page.locator(".quote")).to_have_text("In reply to Alice Moreau when do we meet?")

    await point(alice, 202, "Reply")
    await alice.page.keyboard.press("Escape")
    await alice.reload()
    await expect(alice.page.locator("#intent")).to_be_hidden()


async def test_the_line_above_a_reply_follows_the_message_that_is_replied_to(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob")
    await bob.send("at nine")
    await alice.sees("at nine")
    await point(alice, 1, "Reply")
    await alice.writing.fill("fine")

    async def replies_to(words: str) -> None:
        await expect(alice.page.locator("#intent-sentence")).to_have_text(f"Replying to Bob: {words}")

    await replies_to("at nine")
    await edit_last(bob, "at nine")
    await bob.writing.fill("at ten")
    await bob.writing.press("Enter")
    await replies_to("at ten")
    await point(bob, 1, "Delete")
    await bob.page.locator("#deletion").get_by_role("button", name="Delete").click()
    await replies_to("Message deleted")
    await alice.reload()
    await replies_to("Message deleted")
    await expect(alice.writing).to_have_value("fine")


async def test_the_line_above_an_edit_says_that_its_message_was_deleted_elsewhere(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob")
    await edit_in_mid_sentence(bob, "at nine", "at ten, or")
    await alice.sees("at nine")

    await point(alice, 1, "Delete")
    await alice.page.locator("#deletion").get_by_role("button", name="Delete").click()

    await expect(bob.page.locator("#intent-sentence")).to_have_text("Message deleted")
    await expect(bob.writing).to_have_value("at ten, or")
    await bob.writing.press("Escape")
    await expect(bob.page.locator("#intent")).to_be_hidden()


async def test_a_link_to_a_message_can_be_copied(visit: Visit) -> None:
    alice = await visit("alice", permissions=["clipboard-read", "clipboard-write"])
    await alice.send("look here")
    await alice.has_all_sent()

    await point(alice, 1, "Copy link")

    await expect(alice.page.locator("#note")).to_have_text("Link copied.")
    assert await alice.page.evaluate("() => navigator.clipboard.readText()") == f"{alice.address}/rooms/1/1"


async def test_what_changed_while_one_was_away_is_there_on_return(visit: Visit, server: TestServer) -> None:
    async with Proxy(server.port) as proxy:
        alice, bob = await visit("alice"), await visit("bobby", port=proxy.port)
        for text in ("one", "two", "three"):
            await alice.send(text)
        await bob.sees("one", "two", "three")
        proxy.cut()

        await edit_last(alice, "three")
        await alice.send("third")
        await alice.sees("one", "two", "third")
        await point(alice, 1, "React")
        await alice.page.locator("#picker").get_by_role("button", name="👍").click()
        await expect(chip(alice, 1, "👍")).to_be_visible()
        await point(alice, 2, "Delete")
        await alice.page.locator("#deletion").get_by_role("button", name="Delete").click()
        await alice.sees("one", "Message deleted", "third")
        proxy.mend()

        await bob.sees("one", "Message deleted", "third")
        await expect(chip(bob, 1, "👍")).to_have_text("👍 1")
