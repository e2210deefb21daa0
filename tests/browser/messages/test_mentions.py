"""Calling one another by name, as people see it."""

from playwright.async_api import expect
from sqlalchemy import Engine, delete, insert, select

from app.db.schema import memberships, rooms, users
from tests.browser.conftest import Visit


async def test_a_name_is_completed_with_the_keyboard_and_its_bearer_sees_the_line_stand_out(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob", "Robert Bell")
    await visit("bella")
    people = alice.page.get_by_role("option")

    await alice.writing.press_sequentially("hi @bel")
    await expect(people).to_have_count(2)
    await expect(people.first).to_have_attribute("aria-selected", "true")
    await alice.writing.press("ArrowDown")
    chosen = people.filter(has_text="Robert Bell")
    await expect(chosen).to_have_attribute("aria-selected", "true")
    active = await alice.writing.get_attribute("aria-activedescendant")
    assert active == await chosen.get_attribute("id")
    await alice.writing.press("Enter")
    await expect(alice.writing).to_have_value("hi @bob ")
    await expect(people).to_have_count(0)
    await alice.writing.press("Enter")

    await bob.sees("hi @bob")
    await expect(bob.page.locator(".message[data-calls]")).to_have_count(1)
    await expect(alice.page.locator(".message[data-calls]")).to_have_count(0)
    await bob.reload()
    await expect(bob.page.locator(".message[data-calls]")).to_have_count(1)


async def test_the_list_of_names_is_put_aside_with_escape_and_chosen_from_with_a_click(visit: Visit) -> None:
    alice = await visit("alice")
    await visit("bob")
    people = alice.page.get_by_role("option")

    await alice.writing.press_sequentially("@b")
    await expect(people).to_have_count(1)
    await alice.writing.press("Escape")
    await expect(people).to_have_count(0)
    await alice.writing.press_sequentially(" @bo")
    await people.click()

    await expect(alice.writing).to_have_value("@b @bob ")
    await expect(alice.writing).to_be_focused()


async def test_who_mentions_somebody_who_is_not_there_is_told_so(visit: Visit, database: Engine) -> None:
    alice = await visit("alice")
    await visit("carol")
    with database.begin() as conn:
        conn.execute(delete(memberships).where(memberships.c.user_id == 2))
    unheard = alice.page.locator("#unheard")

    before = await alice.top_of("#composer")
    await alice.send("lunch, @carol?")

    await expect(unheard).to_have_text("carol is not in this room and was not told.")
    assert await alice.top_of("#composer") == before
    await alice.page.get_by_role("button", name="Add carol to this room").click()
    await expect(unheard).to_have_text("carol is in this room now, and finds your message unread.")
    await expect(alice.page.locator("#unheard-add")).to_be_hidden()
    with database.connect() as conn:
        assert 2 in conn.scalars(select(memberships.c.user_id)).all()
    await alice.send("never mind")
    await expect(unheard).to_have_text("")


async def test_nobody_can_be_added_to_a_direct_conversation(visit: Visit) -> None:
    alice, _ = await visit("alice"), await visit("bobby")
    await visit("carol")
    await alice.page.goto(f"{alice.address}/people/bobby")
    await alice.page.get_by_role("button", name="Message").click()
    await alice.is_up_to_date()

    await alice.send("lunch with @carol?")

    await expect(alice.page.locator("#unheard")).to_have_text("carol is not in this room and was not told.")
    await expect(alice.page.locator("#unheard-add")).to_be_hidden()


async def test_unread_mentions_in_another_room_are_counted_beside_its_name_until_read(
    visit: Visit, database: Engine
) -> None:
    alice, bob = await visit("alice"), await visit("bob")
    with database.begin() as conn:
        den = conn.scalar(insert(rooms).values(name="Den").returning(rooms.c.id))
        everybody = [{"room_id": den, "user_id": id} for id in conn.scalars(select(users.c.id))]
        conn.execute(insert(memberships), everybody)
    await bob.reload()
    await alice.page.goto(f"{alice.address}/rooms/{den}")
    await alice.is_up_to_date()
    badge = bob.page.locator(f'#rooms [data-room-id="{den}"] .rooms__mentions')
    await expect(badge).to_be_hidden()

    await alice.send("@bob, look")
    await alice.send("not you")

    await expect(badge).to_have_text("@1")
    await bob.reload()
    await expect(badge).to_have_text("@1")
    await bob.page.locator(f'#rooms [data-room-id="{den}"] a').click()
    await bob.is_up_to_date()
    await expect(badge).to_be_hidden()
