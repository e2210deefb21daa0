"""What a lost network, a reload and a busy hand may not cost: a message, its order, or its being said once."""

import asyncio
import re

from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from tests.browser.conftest import Fill, Visit
from tests.support.load import within
from tests.support.proxy import Proxy

OUTAGE_S = 60


async def test_a_minute_without_network_while_both_type_loses_and_doubles_nothing(
    visit: Visit, server: TestServer
) -> None:
    async with Proxy(server.port) as proxy:
        alice, bob = await visit("alice", port=proxy.port), await visit("bob")
        await alice.send("before")
        await bob.sees("before")

        proxy.cut()
        for second in range(OUTAGE_S):
            if second % 12 == 0:
                await alice.send(f"alice at {second}")
            if second % 15 == 0:
                await bob.send(f"bob at {second}")
            await asyncio.sleep(1)
        await expect(alice.page.locator("#connection")).to_contain_text("Reconnecting, your messages are queued")
        await expect(alice.page.locator('.message[data-status="late"]').first).to_contain_text(
            "Waiting for the network"
        )
        await expect(alice.texts).to_have_count(1 + 5)
        try_now = alice.page.get_by_role("button", name="Try now")
        await expect(try_now).to_be_visible()
        proxy.mend()
        await try_now.evaluate_all("(buttons) => buttons.forEach((button) => button.click())")  # or it has tried itself

        said = [*(f"bob at {second}" for second in range(0, OUTAGE_S, 15))]
        said += [f"alice at {second}" for second in range(0, OUTAGE_S, 12)]
        for person in (alice, bob):
            await person.sees("before", *said)
        await alice.is_up_to_date()
        await expect(alice.page.locator("#connection")).to_be_hidden()
        await alice.has_all_sent()
        await alice.reload()
        await alice.sees("before", *said)


async def test_a_page_says_at_once_that_the_network_is_gone_and_sends_at_once_when_it_is_back(visit: Visit) -> None:
    alice = await visit("alice")
    line = alice.page.locator("#connection")

    with within(1.5):
        await alice.page.context.set_offline(True)
        await expect(line).to_contain_text("No network: your messages wait for it")
    for text in ("typed", "meanwhile"):
        await alice.send(text)
    waiting = alice.page.locator(".message__failure:visible .message__reason")
    with within(2):
        await expect(waiting).to_have_text(["Waiting for the network"] * 2)
    await alice.page.context.set_offline(False)

    await alice.has_all_sent()
    await expect(line).to_be_hidden()


async def test_whoever_was_away_for_too_long_gets_the_newest_page(visit: Visit, server: TestServer, fill: Fill) -> None:
    async with Proxy(server.port) as proxy:
        alice, bob = await visit("alice", port=proxy.port), await visit("bob")
        await alice.send("before")
        await bob.sees("before")
        proxy.cut()
        await alice.send("typed meanwhile")
        fill("bob", 1_200)
        await expect(bob.texts.last).to_have_text("message 1201")
        proxy.mend()

        for person in (alice, bob):
            await expect(person.texts.last).to_have_text("typed meanwhile")
        await alice.is_up_to_date()
        await alice.has_all_sent()
        await expect(alice.page.locator('[data-seq="1"]')).to_have_count(0)


async def test_a_reload_in_mid_sending_loses_nothing(visit: Visit, server: TestServer) -> None:
    async with Proxy(server.port) as proxy:
        alice, bob = await visit("alice", port=proxy.port), await visit("bob")
        proxy.cut()
        for number in range(5):
            await alice.send(f"message {number}")
        await alice.writing.fill("a draft")
        reloading = asyncio.create_task(alice.page.reload())
        await asyncio.sleep(0.5)
        proxy.mend()
        await reloading

        expected = [f"message {number}" for number in range(5)]
        for person in (bob, alice):
            await person.sees(*expected)
        await alice.has_all_sent()
        await expect(alice.writing).to_have_value("a draft")


async def test_a_burst_beyond_the_rate_arrives_whole_and_in_order(visit: Visit) -> None:
    alice, bob = await visit("alice"), await visit("bob")

    for number in range(40):
        await alice.page.keyboard.type(f"{number}")
        await alice.page.keyboard.press("Enter")

    expected = [str(number) for number in range(40)]
    await alice.sees(*expected)
    for person in (bob, alice):
        await person.sees(*expected)
    await alice.has_all_sent()


async def test_two_tabs_of_one_person_agree(visit: Visit) -> None:
    one = await visit("alice")
    two = await visit(storage_state=await one.page.context.storage_state())
    await two.page.goto(two.address)
    await two.is_up_to_date()

    await one.send("from one")
    await two.send("from two")

    for tab in (one, two):
        await expect(tab.texts).to_have_count(2)
        await tab.has_all_sent()
        await expect(tab.page.locator(".presence__count")).to_have_text("1 here")
    assert await one.texts.all_text_contents() == await two.texts.all_text_contents()


async def test_signing_out_elsewhere_leads_to_the_log_in_page(visit: Visit) -> None:
    alice = await visit("alice")
    other = await alice.page.context.new_page()
    await other.goto(f"{alice.address}/signout")
    await other.get_by_role("button", name="Sign out").click()

    await expect(alice.page).to_have_url(re.compile("/login"))


async def test_the_server_being_gone_and_back_shows_nothing_in_between(visit: Visit, server: TestServer) -> None:
    async with Proxy(server.port) as proxy:
        alice = await visit("alice", port=proxy.port)
        proxy.mend()  # drops the connection; the network itself is fine
        await alice.send("at once")

        await alice.is_up_to_date()
        await alice.sees("at once")
        await alice.has_all_sent()
        await expect(alice.page.locator("#connection")).to_be_hidden()
