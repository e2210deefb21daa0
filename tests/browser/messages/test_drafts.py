"""What is typed and not sent: over reloads, in several tabs, and when the session ends."""

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.messages.test_changing import edit_in_mid_sentence, message, point
from tests.browser.person import Person
from tests.browser.rooms.test_rooms import make_room
from tests.support.browsing import PASSWORD


async def another_tab(person: Person, path: str = "/") -> Person:
    """Another page of the same browser."""
    tab = Person(await person.page.context.new_page(), person.address)
    await tab.page.goto(f"{tab.address}{path}")
    await tab.is_up_to_date()
    return tab


async def sign_out_elsewhere(person: Person) -> None:
    """End the session from another tab, and wait until the page has noticed."""
    await sign_out_in_another_tab(person)
    await person.page.wait_for_url("**/login*")
    await person.page.reload()  # its form may have come before the cookie was gone


async def sign_out_in_another_tab(person: Person) -> None:
    tab = await person.page.context.new_page()
    await tab.goto(f"{person.address}/signout")
    await tab.get_by_role("button", name="Sign out").click()
    await tab.wait_for_url("**/login")
    await tab.close()


async def log_in(person: Person, login: str) -> None:
    await send_password(person, login)
    await person.is_up_to_date()


async def send_password(person: Person, login: str) -> None:
    await person.page.fill("#login", login)
    await person.page.fill("#password", PASSWORD)
    await person.page.click("button.form__submit")


async def test_tabs_share_drafts_and_none_of_them_loses_what_was_typed_in_it(visit: Visit) -> None:
    one = await visit("alice", "Alice Moreau")
    await one.send("when do we meet?")
    await one.has_all_sent()
    two = await another_tab(one)
    reply = "Replying to Alice Moreau: when do we meet?"
    await point(one, 1, "Reply")
    await one.writing.fill("a draft")
    await expect(two.writing).to_have_value("a draft")
    await expect(two.page.locator("#intent-sentence")).to_have_text(reply)

    await two.page.get_by_role("button", name="Cancel").click()
    await two.send("something")
    await two.has_all_sent()
    await expect(two.writing).to_have_value("")
    await one.sees("when do we meet?", "something")
    await one.reload()
    await expect(one.writing).to_have_value("a draft")
    await expect(one.page.locator("#intent-sentence")).to_have_text(reply)

    await two.reload()
    await expect(two.writing).to_have_value("a draft")
    await two.writing.press("Enter")
    for tab in (one, two):
        await expect(tab.page.locator("#log .quote")).to_have_count(1)
        await expect(tab.writing).to_have_value("")
        await expect(tab.page.locator("#intent")).to_be_hidden()
        await tab.reload()
        await expect(tab.writing).to_have_value("")
    assert two.faults == []


async def test_an_edit_outlives_the_session_a_reload_and_its_tab(visit: Visit) -> None:
    alice = await visit("alice")
    await edit_in_mid_sentence(alice, "helo", "hello there")

    async def is_there(tab: Person) -> None:
        await expect(tab.page.locator("#intent-sentence")).to_have_text("Editing your message")
        await expect(tab.writing).to_have_value("hello there")

    await sign_out_elsewhere(alice)
    await log_in(alice, "alice")
    await is_there(alice)
    await alice.reload()
    await is_there(alice)
    await alice.page.close()
    tab = Person(await alice.page.context.new_page(), alice.address)
    await tab.page.goto(tab.address)
    await is_there(tab)

    await tab.writing.press("Enter")
    await tab.sees("hello there")
    await expect(message(tab, 1)).to_have_attribute("data-edited", "")
    for _ in ("saved", "and loaded again"):
        await expect(tab.writing).to_have_value("half a thou")
        await expect(tab.page.locator("#intent")).to_be_hidden()
        await tab.reload()
    await point(tab, 1, "Edit")
    await tab.writing.fill("given up")
    await tab.writing.press("Escape")
    await tab.reload()
    await expect(tab.writing).to_have_value("half a thou")


async def test_who_logs_in_again_is_where_the_session_ended(visit: Visit) -> None:
    alice = await visit("alice")
    await make_room(alice, "Plans")
    address = alice.page.url
    await alice.writing.fill("a draft")

    await sign_out_elsewhere(alice)
    await log_in(alice, "alice")

    assert (address, alice.page.url) == (alice.page.url, f"{alice.address}/rooms/2")
    await expect(alice.writing).to_have_value("a draft")


async def test_what_stood_in_the_form_of_a_room_when_the_session_ended_stands_there_again(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await page.click("#rooms-add")
    await page.click("#room-new")
    await page.fill("#room-name", "Plans")
    await page.fill("#room-topic", "What comes next")
    await sign_out_elsewhere(alice)
    await log_in(alice, "alice")
    await page.click("#rooms-add")
    await page.click("#room-new")
    await expect(page.locator("#room-name")).to_have_value("Plans")
    await expect(page.locator("#room-topic")).to_have_value("What comes next")
    await page.keyboard.press("Escape")  # given up
    await page.click("#rooms-add")
    await page.click("#room-new")
    await expect(page.locator("#room-name")).to_have_value("")


async def test_what_stood_on_a_page_when_the_session_ended_stands_there_again_for_the_same_person(visit: Visit) -> None:
    bob, alice = await visit("bobby", "Bob"), await visit("alice", "Alice")
    page = alice.page
    await bob.send("spam")
    await bob.has_all_sent()
    await page.goto(f"{alice.address}/rooms/1/1/report")
    await page.get_by_label("What is wrong with it?").fill("It sells something")
    await sign_out_in_another_tab(alice)
    await page.reload()
    await send_password(alice, "alice")
    await expect(page.get_by_label("What is wrong with it?")).to_have_value("It sells something")

    name = page.get_by_label("Name", exact=True)
    for login, typed in (("alice", "Alice Moreau"), ("bobby", "Bob")):
        await page.goto(f"{alice.address}/settings")
        await name.fill("Alice Moreau")
        await sign_out_in_another_tab(alice)
        await page.get_by_role("button", name="Save").first.click()
        await page.get_by_role("link", name="Log in and go on").click()
        await send_password(alice, login)
        await page.wait_for_url("**/settings")
        await expect(name).to_have_value(typed)
    await page.get_by_role("button", name="Save").first.click()
    await page.reload()
    await expect(name).to_have_value("Bob")


async def test_people_who_were_chosen_when_the_session_ended_are_chosen_still(visit: Visit) -> None:
    alice = await visit("alice")
    for login, name in (("bobby", "Bob"), ("carol", "Carol")):
        await (await visit(login, name)).leave()
    page = alice.page
    picked, words = page.locator("#people-picker .picked__name"), page.locator("#people-picker-words")

    async def begin() -> None:
        await page.click("#direct-new")
        await expect(words).to_be_focused()

    await begin()
    for name in ("Bob", "Carol"):
        await page.get_by_role("button", name=f"Add {name}").click()
    await page.get_by_role("button", name="Take Carol out").click()
    await words.fill("car")
    await sign_out_elsewhere(alice)
    await log_in(alice, "alice")
    await begin()
    await expect(picked).to_have_text(["Bob"])
    await expect(words).to_have_value("car")
    await expect(page.locator("#people-picker .choice__name")).to_have_text(["Carol"])

    await page.keyboard.press("Escape")  # given up
    await begin()
    await expect(picked).to_have_count(0)
    await expect(words).to_have_value("")
