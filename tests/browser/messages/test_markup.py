"""Messages with markup as people see them: live, and as the server writes them into the page."""

import uuid

from playwright.async_api import Locator, expect
from sqlalchemy import Engine, insert, select, update

from app.chat.markup import markup
from app.db.schema import messages, rooms, users
from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.support.xss import VECTORS

TEXT = "**bold** and `code`\n> quoted\nhttps://example.org"
HTML = (
    "<p><strong>bold</strong> and <code>code</code></p><blockquote><p>quoted</p></blockquote>"
    '<p><a href="https://example.org" dir="ltr" target="_blank" rel="noopener noreferrer nofollow">'
    "https://example.org</a></p>"
)
# Whatever is in a message beyond what is allowed there, as "element attribute".
STRAYS = """(texts, [tags, attributes]) => texts.flatMap((text) => [...text.querySelectorAll("*")].flatMap((each) => [
    ...(tags.includes(each.localName) ? [] : [each.localName]),
    ...[...each.attributes].map(({ name }) => `${each.localName} ${name}`).filter((name) => !attributes.includes(name)),
    ...(each.localName === "a" && !/^(https?|mailto):/.test(each.href) ? [each.outerHTML] : []),
]))"""
ATTRIBUTES = ["a href", "a dir", "a target", "a rel", "ol start"]


async def html_of(text: Locator) -> str:
    return str(await text.evaluate("text => text.innerHTML"))


async def test_markup_is_shown_live_and_after_a_reload_and_the_text_is_kept(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")

    await alice.send(TEXT)

    for person in (alice, bob):
        await expect(person.page.locator("#log strong")).to_have_text("bold")
        assert await html_of(person.texts.first) == HTML
    await bob.reload()
    assert await html_of(bob.texts.first) == HTML
    assert await bob.texts.first.get_attribute("data-text") == TEXT


async def test_markup_reads_without_javascript(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.send(TEXT)
    await alice.has_all_sent()

    reader = await visit(java_script_enabled=False, storage_state=await alice.page.context.storage_state())
    await reader.page.goto(reader.address)

    await expect(reader.page.locator("#log blockquote")).to_have_text("quoted")


async def test_a_long_line_of_code_scrolls_by_itself(visit: Visit) -> None:
    alice = await visit("alice", viewport={"width": 320, "height": 640})

    await alice.send(f"```\n{'code ' * 60}\n```")

    block = alice.page.locator("#log pre")
    await expect(block).to_be_visible()
    assert await block.evaluate("pre => pre.scrollWidth > pre.clientWidth")
    assert await alice.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_nothing_that_people_try_is_executed_or_changes_the_page(visit: Visit, database: Engine) -> None:
    """Every one as the server writes it into the page, and every one live; the console stays silent, too."""
    alice, bob = await visit("alice"), await visit("bob")
    parts = [VECTORS[start : start + 8] for start in range(0, len(VECTORS), 8)]

    for part in parts:
        await alice.send("\n\n".join(part))
    await alice.has_all_sent()
    await expect(bob.texts).to_have_count(len(parts))
    await assert_harmless(bob)
    write(database, VECTORS)
    await bob.page.goto(f"{bob.address}/rooms/1/{len(parts) + 25}")
    await bob.is_up_to_date()
    await assert_harmless(bob)
    await bob.page.goto(f"{bob.address}/rooms/1")
    await bob.is_up_to_date()
    await assert_harmless(bob)


async def assert_harmless(person: Person) -> None:
    allowed = [sorted(markup.TAGS), ATTRIBUTES]
    assert await person.texts.count() > 0
    assert await person.texts.evaluate_all(STRAYS, allowed) == []
    for name in ("mouseover", "click", "focus"):
        await person.texts.evaluate_all(
            "(texts, name) => texts.forEach((text) => [...text.querySelectorAll('*')]"
            ".forEach((each) => each.dispatchEvent(new Event(name, { bubbles: false }))))",
            name,
        )
    assert await person.page.evaluate("window.xss") is None


def write(database: Engine, texts: list[str]) -> None:
    with database.begin() as conn:
        author = conn.scalar(select(users.c.id).where(users.c.login == "alice"))
        start = (conn.scalar(select(rooms.c.last_seq)) or 0) + 1
        rows = [
            {"room_id": 1, "seq": seq, "rev": seq, "author_id": author, "client_id": uuid.uuid4(), "body": text}
            for seq, text in enumerate(texts, start)
        ]
        conn.execute(insert(messages), rows)
        conn.execute(update(rooms).values(last_seq=rows[-1]["seq"], last_rev=rows[-1]["rev"]))


async def test_a_link_to_ones_own_chat_opens_in_place_and_others_and_those_of_a_topic_do_not(
    visit: Visit, database: Engine
) -> None:
    alice = await visit("alice")
    with database.begin() as conn:
        conn.execute(update(rooms).values(topic="see https://example.org/plan, please"))
    await alice.send(f"**first** {alice.address}/rooms/1/1")
    await alice.send(f"second {alice.address}/rooms/1/1 and www.example.org")
    await alice.has_all_sent()
    await alice.reload()

    topic = alice.page.locator("#topic a")
    assert await topic.get_attribute("href") == "https://example.org/plan"
    assert await topic.get_attribute("target") == "_blank"
    assert await alice.texts.nth(1).locator("a").nth(1).get_attribute("href") == "https://www.example.org"
    for number in range(2):
        await alice.page.goto(f"{alice.address}/rooms/1")
        await alice.is_up_to_date()
        await alice.texts.nth(number).locator("a").first.click()
        await alice.page.wait_for_url("**/rooms/1/1")
        assert len(alice.page.context.pages) == 1


async def test_keys_mark_what_is_selected_and_the_browser_undoes_it(visit: Visit) -> None:
    alice = await visit("alice")
    text = alice.writing

    await text.press_sequentially("make it bold")
    for keys, value in (
        ("Control+Shift+ArrowLeft Control+b", "make it **bold**"),
        ("Control+i", "make it ***bold***"),
        ("Control+b", "make it *bold*"),
        ("Control+z Control+z", "make it **bold**"),
        ("Control+z", "make it bold"),
        ("Control+a (", "(make it bold)"),
        ("Control+e", "(`make it bold`)"),
    ):
        for key in keys.split():
            await text.press(key)
        await expect(text).to_have_value(value)
    await text.press("Enter")

    await expect(alice.page.locator("#log code")).to_have_text("make it bold")
