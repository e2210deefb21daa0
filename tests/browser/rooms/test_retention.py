"""An administrator has old messages of a room deleted, and everybody there sees that it is so."""

from aiohttp.test_utils import TestServer
from playwright.async_api import expect
from sqlalchemy import Engine, select, text

from app.db.schema import rooms
from app.sweeps.keys import SWEEPS
from tests.browser.conftest import Fill, Visit
from tests.browser.person import Person

FIELD = "Delete messages after"
SENTENCE = "Messages here are deleted after 30 days."


async def edit(person: Person) -> None:
    await person.page.click("#room-more")
    await person.page.click('[data-action="edit"]')
    await expect(person.page.locator("#room-form")).to_be_visible()


def set_days(database: Engine) -> int | None:
    with database.connect() as conn:
        return conn.scalar(select(rooms.c.retention_days).where(rooms.c.id == 1))


async def test_an_admin_is_asked_first_and_then_old_messages_go_before_the_eyes_of_all(
    visit: Visit, fill: Fill, server: TestServer, database: Engine
) -> None:
    admin, bob = await visit("adele"), await visit("bobby")
    fill("adele", 1_234, "old {}")
    with database.begin() as conn:
        conn.execute(text("UPDATE messages SET created_at = now() - INTERVAL '31 days'"))
    for person in (admin, bob):
        await person.reload()
        await person.is_up_to_date()
    await bob.send("young")
    await bob.has_all_sent()
    form, confirm = admin.page.locator("#room-form"), admin.page.locator("#confirm")

    await edit(admin)
    await expect(admin.page.get_by_label(FIELD)).to_have_attribute("placeholder", "never")
    await admin.page.get_by_label(FIELD).fill("30")
    await admin.page.keyboard.press("Enter")
    await expect(confirm.get_by_role("heading")).to_have_text("Delete old messages in Lobby?")
    await expect(confirm.locator("#confirm-told")).to_have_text(
        "Messages older than 30 days will be deleted for everyone, for good. 1,234 messages are that old now."
    )
    await confirm.get_by_role("button", name="Cancel").click()
    await expect(confirm).to_be_hidden()
    await expect(form).to_be_visible()
    await expect(admin.page.get_by_label(FIELD)).to_have_value("30")
    assert set_days(database) is None
    await form.get_by_role("button", name="Save").click()
    await confirm.get_by_role("button", name="Delete").click()
    await expect(form).to_be_hidden()

    await bob.page.click("#room-more")
    await expect(bob.page.locator("#retention")).to_have_text(SENTENCE)
    await bob.page.keyboard.press("Escape")
    assert set_days(database) == 30
    shown = bob.page.locator("#log .message:not(:has-text('deleted'))")
    await server.app[SWEEPS].look()
    await expect(shown).to_have_count(1)
    await expect(shown.locator(".message__text")).to_have_text("young")


async def test_who_is_no_admin_reads_it_and_finds_no_field_and_a_room_without_it_says_nothing(
    visit: Visit, database: Engine
) -> None:
    await visit("adele")
    alice = await visit("alice")
    sentence = alice.page.locator("#retention")
    await alice.page.click("#room-more")
    await expect(alice.page.locator("#room-actions")).to_be_visible()
    await expect(sentence).to_be_hidden()
    await alice.page.keyboard.press("Escape")
    await alice.page.click("#rooms-add")
    await alice.page.click("#room-new")
    await expect(alice.page.locator("#room-topic")).to_be_visible()
    await expect(alice.page.get_by_label(FIELD)).to_be_hidden()
    await alice.page.fill("#room-name", "Plans")
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.locator("#title")).to_have_text("Plans")
    with database.begin() as conn:
        conn.execute(text("UPDATE rooms SET retention_days = 1 WHERE name = 'Plans'"))

    await alice.reload()
    await alice.page.click("#room-more")
    await expect(sentence).to_have_text("Messages here are deleted after a day.")
    await alice.page.click('[data-action="edit"]')
    await expect(alice.page.locator("#room-topic")).to_be_visible()
    await expect(alice.page.get_by_label(FIELD)).to_be_hidden()


async def test_wrong_days_are_told_beside_the_field_and_without_days_messages_stay_unasked(
    visit: Visit, database: Engine
) -> None:
    admin = await visit("adele")
    with database.begin() as conn:
        conn.execute(text("UPDATE rooms SET retention_days = 30"))
    await admin.reload()
    await edit(admin)
    field, told = admin.page.get_by_label(FIELD), admin.page.locator("#room-retention-told")
    await expect(field).to_have_value("30")

    for wrong in ("0", "3651", "1.5", "a week"):
        await field.fill(wrong)
        await admin.page.keyboard.press("Enter")
        await expect(told).to_have_text("Type whole days, 1 to 3650, or leave it empty.")
        await expect(field).to_be_focused()
    await field.fill("1")
    await expect(told).to_be_hidden()
    await admin.page.keyboard.press("Enter")
    await expect(admin.page.locator("#confirm-told")).to_have_text(
        "Messages older than a day will be deleted for everyone, for good. None is that old now."
    )
    await admin.page.keyboard.press("Escape")
    await field.fill("")
    await admin.page.keyboard.press("Enter")

    await expect(admin.page.locator("#room-form")).to_be_hidden()
    assert set_days(database) is None
    await admin.page.click("#room-more")
    await expect(admin.page.locator("#room-actions")).to_be_visible()
    await expect(admin.page.locator("#retention")).to_be_hidden()
