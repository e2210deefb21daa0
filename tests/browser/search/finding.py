"""Searching as a person does it: what one types into the box, and what stands below."""

from urllib.parse import quote

from playwright.async_api import Locator, expect

from tests.browser.person import Person
from tests.support.load import PATIENCE_S

# A loop of its own: `wait_for_function` takes the promise of an async function for true, and waits for nothing.
_UNTIL_FOUND = """async ([path, count, patience]) => {
    for (const end = Date.now() + patience; Date.now() < end; await new Promise((done) => setTimeout(done, 200))) {
        const answer = await fetch(path);
        if (answer.ok && (await answer.json()).hits.length >= count) return true;
    }
    return false;
}"""


async def is_found(person: Person, text: str, count: int = 1) -> None:
    """Wait until the index has so many messages for somebody that answer a question, as the box asks it."""
    path = f"/api/search?typing=1&q={quote(text)}"
    assert await person.page.evaluate(_UNTIL_FOUND, [path, count, PATIENCE_S * 1_000]), f"{text} is not found"


def box(person: Person) -> Locator:
    return person.page.locator("#search")


def typed(person: Person) -> Locator:
    return person.page.locator("#search-text")


def hits(person: Person) -> Locator:
    """The words of the messages that are shown."""
    return person.page.locator("#search-list .hit__excerpt")


def names(person: Person) -> Locator:
    """All lines but messages."""
    return person.page.locator("#search-list .search-box__name")


def chosen(person: Person) -> Locator:
    """The line that Enter takes."""
    return person.page.locator('#search-list [aria-selected="true"]')


async def search(person: Person, text: str) -> None:
    """Open the box, unless it is open, and type this in place of what is there."""
    if not await box(person).is_visible():
        await person.page.keyboard.press("Control+k")
    await typed(person).fill("")
    await typed(person).press_sequentially(text)
    await expect(typed(person)).to_be_focused()
