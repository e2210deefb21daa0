"""Where one comes back to: the room, and the place in it."""

from playwright.async_api import Page, expect
from sqlalchemy import Engine, select

from app.db.schema import memberships
from tests.browser.conftest import Fill, Visit
from tests.browser.messages.test_drafts import log_in, sign_out_elsewhere
from tests.browser.person import Person
from tests.browser.rooms.test_rooms import make_room

SEQ = '#log > [data-seq="40"]'


async def scroll_to(person: Person, seq: int) -> float:
    """Scroll up until a message is in view, as it lies then; returns where it is."""
    line = person.page.locator(f'#log > [data-seq="{seq}"]')
    first = person.page.locator("#log > [data-seq]").first
    while not await line.count():
        before = await first.get_attribute("data-seq") or ""
        await person.page.locator("#timeline").evaluate("element => element.scrollTo(0, -element.scrollHeight)")
        await expect(first).not_to_have_attribute("data-seq", before)
    await line.evaluate("element => element.scrollIntoView({block: 'center'})")
    await expect(person.page.locator("#pill")).to_be_visible()
    return await person.top_of(SEQ)


async def go_to_account_and_back(page: Page) -> None:
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="Your account").click()
    await page.get_by_role("button", name="Save").click()
    await page.locator(".sheet__back").click()


async def go_to_profile_and_back(page: Page) -> None:
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="alice").click()
    await page.go_back()
    await page.locator(".sheet__back").click()


async def test_one_comes_back_to_the_place_in_the_room_and_nothing_unseen_is_read(
    visit: Visit, fill: Fill, database: Engine
) -> None:
    alice, bob = await visit("alice"), await visit("bobby", "Bob")
    fill("alice", 200)
    await make_room(bob, "Plans")
    await bob.come_back()  # to the lobby, and by a load: its messages came past the server
    place = await scroll_to(bob, 40)
    page = bob.page

    async def is_there() -> None:
        await bob.is_up_to_date()
        await expect(page.locator(SEQ)).to_be_in_viewport()
        await bob.stands(SEQ, place)

    await page.reload()
    await is_there()
    await page.get_by_role("link", name="Plans").click()
    await bob.is_up_to_date()
    await alice.send("not seen")
    await page.go_back()
    await is_there()
    await expect(page.locator("#pill")).to_have_text("1 new")

    await go_to_account_and_back(page)
    await is_there()
    await go_to_profile_and_back(page)
    await is_there()
    await sign_out_elsewhere(bob)
    await log_in(bob, "bobby")
    await is_there()

    await expect(page).to_have_title("(1) Lobby · Parley")
    with database.connect() as conn:
        read = conn.scalars(select(memberships.c.read_seq).where(memberships.c.room_id == 1).order_by("user_id")).all()
    assert read == [201, 200]
    await page.get_by_role("link", name="Lobby").click()
    await expect(page.get_by_text("not seen")).to_be_in_viewport()
    await expect(page).to_have_title("Lobby · Parley")


async def test_a_profile_leads_back_to_the_room_from_which_one_came(visit: Visit) -> None:
    alice = await visit("alice")
    await visit("bobby", "Bob")
    await make_room(alice, "Plans")
    page = alice.page

    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="Bob").click()
    await page.get_by_role("link", name="Mention").click()

    await expect(page.locator("#title")).to_have_text("Plans")
    await expect(alice.writing).to_have_value("@bobby ")
    await page.go_back()
    await page.locator(".sheet__back").click()
    await expect(page.locator("#title")).to_have_text("Plans")
