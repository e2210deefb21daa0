"""Shortcuts on keyboards without Latin letters, and keys that an input method has for itself."""

from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.messages.test_changing import edit_last
from tests.browser.person import Person

CONTROL = 2  # of Input.dispatchKeyEvent
AFTER_A_COMPOSITION = {"isComposing": False, "keyCode": 229}  # as Safari has it


async def press(person: Person, key: str, code: str, modifiers: int = 0) -> None:
    """Press a key of a layout that the machine does not have."""
    session = await person.page.context.new_cdp_session(person.page)
    stroke = {"key": key, "code": code, "modifiers": modifiers, "windowsVirtualKeyCode": ord(code[-1])}
    for kind in ("rawKeyDown", "keyUp"):
        await session.send("Input.dispatchKeyEvent", {"type": kind, **stroke})
    await session.detach()


async def press_as(person: Person, key: str, **more: Any) -> None:
    """A key press where the focus is, as some browser would make it."""
    await person.page.evaluate(
        """(init) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }))""",
        {"key": key, "code": key, **more},
    )


async def test_shortcuts_work_where_the_letters_are_not_latin_ones(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.writing.fill("смело")

    for key, code, text in (
        ("и", "KeyB", "**смело**"),
        ("נ", "KeyB", "смело"),
        ("ι", "KeyI", "*смело*"),
        ("ש", "KeyI", "смело"),
        ("у", "KeyE", "`смело`"),
    ):
        if not await alice.writing.evaluate("area => area.selectionEnd - area.selectionStart"):
            await alice.writing.select_text()
        await press(alice, key, code, CONTROL)
        await expect(alice.writing).to_have_value(text)
    await press(alice, "л", "KeyK", CONTROL)
    await expect(alice.page.locator("#search")).to_be_visible()


async def test_a_key_that_ends_a_composition_does_nothing_else(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.send("おはよう")
    await edit_last(alice, "おはよう")
    await alice.writing.fill("おはようございます")

    for ime in (AFTER_A_COMPOSITION, {"isComposing": True, "keyCode": 229}, {"isComposing": True}):
        await press_as(alice, "Escape", **ime)
        await press_as(alice, "Enter", **ime)
    await expect(alice.page.locator("#intent")).to_be_visible()
    await expect(alice.writing).to_have_value("おはようございます")
    await press_as(alice, "Enter")
    await expect(alice.page.locator("#intent")).to_be_hidden()
    await alice.sees("おはようございます")

    await alice.page.keyboard.press("Control+k")
    path = alice.page.url
    await press_as(alice, "Enter", **AFTER_A_COMPOSITION)
    await press_as(alice, "Escape", **AFTER_A_COMPOSITION)
    await expect(alice.page.locator("#search")).to_be_visible()
    assert alice.page.url == path
