"""Passkeys in Chromium, with its virtual authenticator (https://www.w3.org/TR/webauthn-3/#sctn-automation)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.support.browsing import PASSWORD

PHONE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
PHONE |= {"isUserVerified": True, "automaticPresenceSimulation": True}
BUTTON, FAILED = "button[data-passkey]", "[data-told]"


class Phone:
    """The virtual authenticator of a page."""

    def __init__(self, devtools: CDPSession, number: str) -> None:
        self._devtools, self._number = devtools, number

    async def ask(self, command: str, **more: Any) -> Any:
        return await self._devtools.send(f"WebAuthn.{command}", {"authenticatorId": self._number, **more})


async def phone_of(page: Page) -> Phone:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    return Phone(devtools, made["authenticatorId"])


Arrive = Callable[[], Awaitable[tuple[Person, Phone]]]


@pytest.fixture
def arrive(visit: Visit, server: TestServer) -> Arrive:
    """Alice by a name, as numbers have no passkeys, with a phone."""

    async def arrive() -> tuple[Person, Phone]:
        alice = await visit(is_new=True)
        alice.address = f"http://localhost:{server.port}"
        await alice.join(server, "alice", "Alice")
        return alice, await phone_of(alice.page)

    return arrive


async def add(alice: Person, name: str) -> None:
    await alice.page.goto(f"{alice.address}/settings/passkeys")
    await alice.page.get_by_label("Name", exact=True).fill(name)
    await alice.page.get_by_label("Your password").fill(PASSWORD)
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.get_by_role("status")).to_have_text("Your passkey is added.")


async def sign_out(alice: Person) -> None:
    await alice.page.goto(f"{alice.address}/signout")
    await alice.page.click("button.form__submit")


async def test_a_passkey_is_added_logs_in_and_is_removed(arrive: Arrive) -> None:
    alice, phone = await arrive()
    await add(alice, "Blue phone")
    await expect(alice.page.locator(".invitations__what")).to_contain_text("Blue phone")
    (credential,) = (await phone.ask("getCredentials"))["credentials"]
    assert (credential["rpId"], credential["isResidentCredential"]) == ("localhost", True)

    await sign_out(alice)
    await alice.page.click(BUTTON)
    await alice.is_up_to_date()

    await alice.page.goto(f"{alice.address}/settings/passkeys")
    await alice.page.get_by_role("link", name="Name or remove Blue phone").click()
    await alice.page.get_by_label("Your password").fill(PASSWORD)
    await alice.page.get_by_role("button", name="Remove").click()
    # The session began by it, so it has ended, too.
    await expect(alice.page.get_by_role("heading", name="Log in")).to_be_visible()
    await alice.page.click(BUTTON)
    await expect(alice.page.locator(FAILED)).to_contain_text("was removed")


async def test_after_the_password_a_passkey_does(arrive: Arrive) -> None:
    alice, _ = await arrive()
    await add(alice, "Blue phone")
    await alice.page.goto(f"{alice.address}/settings/chat/second-factor")
    await alice.page.click("button.form__submit")
    await sign_out(alice)

    await alice.page.fill("#login", "alice")
    await alice.page.fill("#password", PASSWORD)
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.get_by_role("heading", name="Your passkey")).to_be_visible()
    await alice.page.click(BUTTON)

    await alice.is_up_to_date()


async def test_what_fails_is_said_in_its_place_and_may_be_tried_again(arrive: Arrive) -> None:
    alice, phone = await arrive()
    await add(alice, "Blue phone")
    failed = alice.page.locator(FAILED)

    await alice.page.get_by_label("Your password").fill("wrong horse 9")
    await alice.page.click(BUTTON)
    await expect(failed).to_have_text("This is not your password.")
    await alice.page.get_by_label("Your password").fill(PASSWORD)
    await alice.page.click(BUTTON)
    await expect(failed).to_have_text("You have a passkey for this chat there already.")

    await sign_out(alice)
    await expect(alice.page.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    await phone.ask("setUserVerified", isUserVerified=False)
    await alice.page.click(BUTTON)
    await expect(failed).to_have_text("No passkey was used: that was cancelled, or took too long.")
    await alice.page.context.set_offline(True)
    await alice.page.click(BUTTON)
    await expect(failed).to_have_text("The chat cannot be reached right now. Try again in a moment.")
    await alice.page.context.set_offline(False)
    await phone.ask("setUserVerified", isUserVerified=True)
    await alice.page.click(BUTTON)
    await alice.is_up_to_date()


async def test_without_scripts_the_form_to_log_in_is_as_before(visit: Visit) -> None:
    await visit("alice")
    plain = await visit(java_script_enabled=False)
    await plain.page.goto(f"{plain.address}/login")

    await expect(plain.page.locator(BUTTON)).to_be_hidden()
    await plain.page.fill("#login", "alice")
    await plain.page.fill("#password", PASSWORD)
    await plain.page.keyboard.press("Enter")

    await expect(plain.page.get_by_role("heading", name="Lobby", exact=True)).to_be_visible()
