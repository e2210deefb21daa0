"""The first admin sets the chat up and invites; people come, look at one another and change what they are called."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.pictures.conftest import portrait, saved
from tests.support.browsing import PASSWORD


async def has_saved(person: Person) -> None:
    """Their settings are saved, and they are back in the chat."""
    await expect(person.page.get_by_role("status")).to_have_text("Saved.")
    await person.page.goto(person.address)
    await person.is_up_to_date()


async def test_the_first_admin_is_welcomed_names_the_chat_and_invites_a_second_person(visit: Visit) -> None:
    alice = await visit("alice", "Alice Moreau")
    page = alice.page
    await expect(page.get_by_text("This chat is yours.")).to_be_visible()

    await page.get_by_role("link", name="Set it up").click()
    await page.get_by_label("Name of this chat").fill("Orchard")
    await page.get_by_label("Anyone who finds this chat").uncheck()
    await page.get_by_role("region", name="Name and door").get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")
    await page.get_by_label("Lets in").select_option("1 person")
    await page.get_by_role("button", name="Make a link").click()
    made = page.get_by_label("Your new link")
    await expect(made).to_be_focused()
    link = await made.input_value()

    bob = await visit()
    await bob.page.goto(f"{bob.address}/signin")
    await expect(bob.page.get_by_role("main")).to_contain_text("This chat is by invitation only.")
    await bob.page.goto(link)
    await expect(bob.page).to_have_title("Create account · Orchard")
    await bob.page.fill("#login", "bobby")
    await bob.page.fill("#password", PASSWORD)
    await bob.page.fill("#password2", PASSWORD)
    await bob.page.click("button.form__submit")
    await bob.is_up_to_date()
    await expect(bob.page).to_have_title("Lobby · Orchard")
    await expect(bob.page.locator("#brand")).to_have_text("Orchard")
    await page.reload()
    await expect(page.locator("#invitations")).to_contain_text("No link works just now.")
    await page.get_by_role("link", name="Orchard").click()
    await alice.is_up_to_date()
    await expect(page.get_by_text("This chat is yours.")).to_have_count(0)
    await expect(page.locator("#welcome").get_by_role("link", name="Invite others with a link")).to_be_visible()
    await expect(bob.page.locator("#welcome")).not_to_contain_text("Invite")
    await bob.send("hello")
    await alice.sees("hello")


async def test_names_lead_to_profiles_in_the_log_and_in_the_list_of_who_is_here(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("оксана", "Оксана Гончар")
    await bob.send("hello")
    await alice.sees("hello")

    await alice.page.get_by_role("link", name="Оксана Гончар").click()

    await expect(alice.page.get_by_role("heading", level=1)).to_have_text("Оксана Гончар")
    await alice.page.go_back()
    await alice.is_up_to_date()
    await alice.page.click("#presence")
    await alice.page.locator("#people").get_by_role("link", name="Alice Moreau").click()
    await expect(alice.page).to_have_url(re.compile(r"/people/alice\?room=1$"))
    await expect(alice.page.get_by_text("This is how others see you.")).to_be_visible()


async def test_somebody_is_mentioned_from_their_profile_in_the_room_where_one_was(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    await bob.send("hello")
    await alice.sees("hello")
    await alice.writing.fill("lunch,")

    await alice.page.locator(".message__profile").click()
    await alice.page.get_by_role("link", name="Mention").click()

    await expect(alice.writing).to_have_value("lunch, @bob ")
    await expect(alice.writing).to_be_focused()
    await expect(alice.page).to_have_url(re.compile("/rooms/1$"))
    await alice.writing.press("Enter")
    await bob.sees("hello", "lunch, @bob")
    await alice.reload()
    await expect(alice.writing).to_have_value("")
    await alice.page.goto(f"{alice.address}/people/alice")
    await expect(alice.page.get_by_role("link", name="Mention")).to_have_count(0)


async def test_a_chosen_colour_is_on_every_avatar_from_then_on(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("bobby")
    await alice.send("before")
    await alice.has_all_sent()

    await alice.page.get_by_role("button", name="Settings").click()
    await alice.page.get_by_role("link", name="Your account").click()
    await alice.page.get_by_title("Violet").click()  # what one sees of it; Playwright waits until that stands still
    await expect(alice.page.get_by_role("radio", name="Violet")).to_be_checked()
    await alice.page.get_by_role("button", name="Save").click()
    await has_saved(alice)
    await alice.send("after")
    await bob.sees("before", "after")
    await bob.reload()
    await bob.sees("before", "after")

    for person in (alice, bob):
        hues = person.page.locator("#log .avatar")
        await expect(hues).to_have_count(2)
        assert await hues.evaluate_all("all => all.map(each => each.dataset.hue)") == ["7", "7"]
    await expect(alice.page.locator(".account .avatar")).to_have_attribute("data-hue", "7")


async def test_the_pages_work_without_javascript(visit: Visit) -> None:
    alice = await visit("alice", "Alice Moreau")
    state = await alice.page.context.storage_state()
    plain = await visit(java_script_enabled=False, storage_state=state)
    page = plain.page

    await page.goto(f"{plain.address}/")
    await page.get_by_role("link", name="People").click()
    await page.get_by_label("Find by name or login").fill("moreau")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("link", name="Alice Moreau").click()
    await page.get_by_role("link", name="Change your name or colour").click()
    await page.get_by_label("Name", exact=True).fill("")
    await page.get_by_label("Name", exact=True).fill("Alicia")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("status")).to_have_text("Saved.")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Alicia")


async def test_who_writes_to_somebody_who_is_switched_off_is_told_so(visit: Visit) -> None:
    alice = await visit("alice", "Alice")
    await visit("carol", "Carol")
    await alice.page.goto(f"{alice.address}/people/carol")
    await alice.page.get_by_role("button", name="Message").click()
    await alice.is_up_to_date()
    off = alice.page.locator("#off")
    await expect(off).to_be_hidden()

    admin = await alice.page.context.new_page()
    await admin.goto(f"{alice.address}/settings")
    switch = "document.forms[0].action = '/people/carol/disable'; document.forms[0].submit()"
    async with admin.expect_navigation():
        await admin.evaluate(switch)

    await expect(off).to_have_text("Carol’s account is switched off: they will not read this.")
    await alice.reload()
    await expect(off).to_have_text("Carol’s account is switched off: they will not read this.")
    await alice.page.goto(f"{alice.address}/rooms/1")
    await alice.is_up_to_date()
    await expect(off).to_be_hidden()
    await alice.send("lunch, @carol?")
    await expect(alice.page.locator("#note")).to_have_text("carol’s account is switched off: they will not read this.")
    await alice.page.click("#room-more")
    await alice.page.click('#room-actions [data-action="members"]')
    await expect(alice.page.locator("#members .choice__more")).to_have_text(["alice · admin", "carol · switched off"])


async def test_a_picture_stands_where_the_letters_were_until_it_is_removed(visit: Visit) -> None:
    alice, bob = await visit("alice", "Alice Moreau"), await visit("bobby")
    await alice.send("with letters")
    await alice.page.goto(f"{alice.address}/settings")
    photo = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": saved(portrait(), "JPEG")}

    await alice.page.locator("#picture").set_input_files(photo)
    await alice.page.get_by_role("button", name="Use this picture").click()

    await has_saved(alice)
    await alice.send("with a picture")
    await bob.sees("with letters", "with a picture")
    mine = bob.page.locator("#log .message").last.locator(".avatar")
    await expect(mine.locator("img")).to_have_js_property("naturalWidth", 256)
    await expect(mine).to_have_css("border-radius", "50%")
    await expect(alice.page.locator(".sidebar .avatar img").first).to_have_js_property("naturalWidth", 256)
    await bob.page.click("#presence")
    await expect(bob.page.locator(".people__person .avatar img")).to_have_js_property("naturalWidth", 256)
    await alice.page.goto(f"{alice.address}/settings")
    await alice.page.get_by_role("button", name="Show my letters again").click()
    await expect(alice.page.locator(".portrait .avatar")).to_have_text("AM")
    await expect(alice.page.locator(".portrait img")).to_have_count(0)
