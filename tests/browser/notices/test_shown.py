"""Notifications in a real browser: switched on by a person, shown once over tabs, taken back when read."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, Worker, expect
from sqlalchemy import Engine, select

from app.db.schema import notice_settings
from tests.browser.conftest import Visit
from tests.browser.messages.test_changing import edit_last, point
from tests.browser.person import Person
from tests.browser.profiles import worker_of
from tests.browser.rooms.test_rooms_keys import MakeRooms, make_rooms
from tests.browser.rooms.test_turning import UNHURRIED, has_stayed, stay
from tests.conftest import make_config
from tests.search.conftest import becomes
from tests.support.apps import make_app

__all__ = ["make_rooms"]

# Asked in one's turn, as the pages do: Chromium forgets a notice that is just being shown while somebody asks.
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = await navigator.locks.request("notices", () => registration.getNotifications());
  return shown.map(({ title, body, tag }) => [title, body, tag]);
}"""

# What the worker goes by, and may learn after the page.
SEEN = """async () => {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.some((page) => page.focused);
}"""

TONES = 2  # of one sound
COUNT_TONES = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...times) { window.tones++; return start.apply(this, times); };
"""


@pytest_asyncio.fixture(loop_scope="session")
async def server(database: Engine, unhurried: None) -> AsyncIterator[TestServer]:
    """The whole application, which calls people at once."""
    async with TestServer(make_app(make_config(database, notify_after_s=0))) as server:
        yield server


async def look_away(page: Page) -> None:
    """Let the page be known as one that nobody looks at; Playwright gives each the focus, else."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    await page.context.new_page()
    await becomes(lambda: page.evaluate("() => document.hasFocus() && !document.hidden"), wanted=False)
    worker = await worker_of(page)
    await becomes(lambda: worker.evaluate(SEEN), wanted=False)


async def look_again(page: Page) -> None:
    await page.bring_to_front()
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setFocusEmulationEnabled", {"enabled": True})


async def shows(page: Page, *notices: list[str]) -> None:
    """These, in whatever order; waited for here, as `wait_for_function` takes any promise for a yes."""

    async def shown() -> list[list[str]]:
        return sorted(await page.evaluate(SHOWN))

    await becomes(shown, sorted(notices))


async def tones_of(tabs: list[Page]) -> int:
    """How many tones the tabs have begun to play."""
    return sum([int(await tab.evaluate("() => window.tones")) for tab in tabs])


async def has_notices(visit: Visit, login: str) -> Person:
    """Somebody who has switched notifications on, on the page of the room."""
    person = await visit(login, is_new=True)
    page = person.page
    await page.context.grant_permissions(["notifications"], origin=person.address)
    await page.goto(f"{person.address}/settings/notifications")
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.locator("#notices-state")).to_contain_text("They are on")
    await expect(page.get_by_role("button", name="Switch on")).to_be_hidden()
    await expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    await person.come_back()
    return person


async def test_a_mention_is_shown_once_over_tabs_and_taken_back_when_it_is_read(visit: Visit) -> None:
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    tab = Person(await bob.page.context.new_page(), bob.address)
    await tab.come_back()
    for page in (bob.page, tab.page):
        await look_away(page)

    await alice.send("@bobby, look")
    await shows(tab.page, ["alice · Lobby", "@bobby, look", "room-1"])
    await alice.send("@bobby, and this")
    await shows(tab.page, ["alice · Lobby", "@bobby, and this", "room-1"])

    await look_again(tab.page)
    await shows(tab.page)


async def test_a_page_shows_notices_though_the_push_service_of_its_browser_never_answers(visit: Visit) -> None:
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    await bob.page.context.add_init_script("PushManager.prototype.subscribe = () => new Promise(() => {});")
    await bob.reload()
    await look_away(bob.page)

    await alice.send("@bobby, look")

    await shows(bob.page, ["alice · Lobby", "@bobby, look", "room-1"])


async def test_a_notice_is_taken_back_when_its_message_is_deleted(visit: Visit) -> None:
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    await look_away(bob.page)
    await alice.send("@bobby, look")
    await shows(bob.page, ["alice · Lobby", "@bobby, look", "room-1"])

    await point(alice, 1, "Delete")
    await alice.page.locator("#deletion").get_by_role("button", name="Delete").click()

    await shows(bob.page)


async def test_a_notice_is_taken_back_when_an_edit_takes_the_mention_back(visit: Visit) -> None:
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    await look_away(bob.page)
    await alice.send("@bobby, look")
    await shows(bob.page, ["alice · Lobby", "@bobby, look", "room-1"])

    await edit_last(alice, "@bobby, look")
    await alice.page.keyboard.press("ControlOrMeta+a")
    await alice.page.keyboard.type("never mind")
    await alice.page.keyboard.press("Enter")

    await shows(bob.page)


async def test_a_notice_of_a_direct_message_stays_when_an_edit_takes_the_mention_back(visit: Visit) -> None:
    """It calls without one, too."""
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    await look_away(bob.page)
    await alice.page.goto(f"{alice.address}/people/bobby")
    await alice.page.get_by_role("button", name="Message").click()
    await alice.is_up_to_date()
    await alice.send("@bobby, look")
    direct = ["alice", "@bobby, look", "room-2"]
    await shows(bob.page, direct)

    await edit_last(alice, "@bobby, look")
    await alice.page.keyboard.press("ControlOrMeta+a")
    await alice.page.keyboard.type("look")
    await alice.page.keyboard.press("Enter")
    await alice.has_all_sent()

    await alice.come_back()
    await alice.send("@bobby, here")
    await shows(bob.page, direct, ["alice · Lobby", "@bobby, here", "room-1"])


async def test_a_notice_sounds_in_one_tab_and_only_for_who_switched_that_on(visit: Visit) -> None:
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    await bob.page.context.add_init_script(COUNT_TONES)
    tabs = [bob.page, await bob.page.context.new_page()]
    for tab in tabs:
        await tab.goto(bob.address)
        await expect(tab.locator("#status")).to_have_text(" · up to date")
    for tab in tabs:
        await look_away(tab)

    await alice.send("@bobby, quietly")
    await shows(bob.page, ["alice · Lobby", "@bobby, quietly", "room-1"])
    assert await tones_of(tabs) == 0

    settings = await bob.page.context.new_page()
    await settings.goto(f"{bob.address}/settings/notifications")
    await settings.get_by_label("With a short sound").check()
    await settings.get_by_role("button", name="Save").click()
    await settings.goto("about:blank")
    await alice.send("@bobby, aloud")
    await shows(bob.page, ["alice · Lobby", "@bobby, aloud", "room-1"])
    await becomes(lambda: tones_of(tabs), TONES)


async def test_pause_and_quiet_hours_are_set_by_the_clock_of_the_browser(visit: Visit, database: Engine) -> None:
    page = (await visit("alice", timezone_id="Asia/Tokyo")).page
    await page.goto(f"{page.url.partition('/rooms')[0].rstrip('/')}/settings/notifications")

    await page.get_by_role("button", name="Until tomorrow at 8").click()
    await expect(page.get_by_text("There is no notification in any of your browsers until")).to_be_visible()
    await page.get_by_role("button", name="End the pause").click()
    await expect(page.get_by_role("button", name="For an hour")).to_be_visible()

    await page.get_by_label("Quiet from").fill("22:00")
    await page.get_by_label("Quiet until").fill("07:30")
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_load_state()
    await page.reload()
    await expect(page.get_by_label("Quiet from")).to_have_value("22:00")
    await expect(page.get_by_label("Quiet until")).to_have_value("07:30")
    with database.connect() as conn:
        assert conn.scalar(select(notice_settings.c.zone)) == "Asia/Tokyo"


async def test_a_push_is_shown_without_a_page_once_and_leads_to_its_place(visit: Visit) -> None:
    bob = await has_notices(visit, "bobby")
    page, worker = bob.page, await worker_of(bob.page)
    await look_away(page)
    notice = {
        "room": 1,
        "seq": 7,
        "title": "alice · Lobby",
        "body": "hi",
        "path": "/rooms/1/7",
        "time": 5,
        "sound": True,
    }
    push = await pusher(page)

    await push(notice)
    await shows(page, ["alice · Lobby", "hi", "room-1"])
    await worker.evaluate("async () => { for (const each of await registration.getNotifications()) each.close(); }")
    await push(notice)  # the same once more
    await push(notice | {"room": 2, "body": "another"})
    await shows(page, ["alice · Lobby", "another", "room-2"])

    await opens(worker, "/people")
    await expect(page).to_have_url(f"{bob.address}/people")


async def opens(worker: Worker, path: str) -> None:
    """As a click on a notice does; the browser believes no click that is made up."""
    await worker.evaluate(UNHURRIED)
    await worker.evaluate("(path) => modules.find((each) => each?.openPlace).openPlace(path)", path)


async def test_a_notice_that_is_clicked_turns_an_open_page_to_its_message(visit: Visit, make_rooms: MakeRooms) -> None:
    await visit("alice")
    bob = await has_notices(visit, "bobby")
    make_rooms({"Plans": 80, "Vault": 0})
    await bob.reload()
    page, worker = bob.page, await worker_of(bob.page)
    await bob.writing.fill("half a sentence")
    await stay(bob)

    await opens(worker, "/rooms/2/5")

    await expect(page.locator("#title")).to_have_text("Plans")
    await expect(page.locator("[data-seq='5']")).to_be_in_viewport()
    await expect(page).to_have_url(f"{bob.address}/rooms/2/5")
    assert await has_stayed(bob)
    await opens(worker, "/rooms/3")
    await expect(page.locator("#title")).to_have_text("Vault")
    await page.go_back()
    await page.go_back()
    await expect(page.locator("#title")).to_have_text("Lobby")
    await expect(bob.writing).to_have_value("half a sentence")
    assert await has_stayed(bob)
    await opens(worker, "/rooms/99")  # the page has none: the browser asks the server
    await page.wait_for_url("**/rooms/99")
    assert not await has_stayed(bob)


async def pusher(page: Page) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """Hands a push to the service worker, as the browser does when it has decrypted one."""
    session = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def registered(event: dict[str, Any]) -> None:
        for each in event["registrations"]:
            if not found.done():
                found.set_result(each["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", registered)
    await session.send("ServiceWorker.enable")
    origin, registration = await page.evaluate("location.origin"), await found

    async def push(notice: dict[str, Any]) -> None:
        given = {"origin": origin, "registrationId": registration, "data": json.dumps(notice)}
        await session.send("ServiceWorker.deliverPushMessage", given)

    return push
