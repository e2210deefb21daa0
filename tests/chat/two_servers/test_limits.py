"""What somebody spends with one server counts with the other, and so do their sockets."""

import asyncio

import pytest
from aiohttp.test_utils import TestServer

from app.chat.keys import BUS, HUB, SOCKETS
from app.limits import rate as rates
from app.limits import sharing, sockets
from app.limits.keys import LIMITS
from app.limits.kinds import READ
from app.limits.sockets import Sockets
from app.live.client import Close
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.sockets import open_socket, until

BURST, MOST = 20, 4


@pytest.fixture
async def server(start: Serve) -> TestServer:
    return await start(post_rate=10, post_burst=BURST, request_factor=0.5, sockets_per_user=MOST)


@pytest.fixture
async def other(start: Serve) -> TestServer:
    return await start(post_rate=10, post_burst=BURST, request_factor=0.5, sockets_per_user=MOST)


async def same_person(who: Member, at: TestServer, open_browser: Open) -> Member:
    browser = open_browser(at)
    await browser.log_in(who.author["login"])
    return await member(browser)


def is_charged(server: TestServer, name: str, who: Member) -> bool:
    """Whether somebody has nothing left of a rate, as a server counts it; who has one left is off by a rounding."""
    rate, key = server.app[LIMITS]._by_name[name], str(who.author["id"])
    return key in rate._spent and rate._spent[key].free_at - rates.now() > rate._most_s - rate._each_s / 2


def count(server: TestServer, who: Member) -> int:
    return len(server.app[HUB].clients.of(who.author["id"]))


@pytest.mark.usefixtures("clock")
async def test_who_has_posted_as_much_as_they_may_here_is_refused_there_and_nobody_else_is(
    join: Join, other: TestServer, open_browser: Open
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    twin = await same_person(alice, other, open_browser)

    for number in range(BURST):
        await alice.socket.posted(f"number {number}")
    await until(lambda: is_charged(other, "posts", alice))
    await twin.socket.post("one more")
    await bob.socket.posted("as ever")

    assert (await twin.socket.until("error"))["code"] == "rate_limited"


@pytest.mark.usefixtures("clock")
async def test_requests_count_in_both(join: Join, other: TestServer, open_browser: Open) -> None:
    alice = await join("alice")
    twin = await same_person(alice, other, open_browser)
    path = "/api/rooms/1/members"

    for _ in range(READ.burst // 2):
        assert (await alice.browser.ask("GET", path)).status == 200
    await until(lambda: is_charged(other, "read of a person", alice))

    assert (await twin.browser.ask("GET", path)).status == 429


async def test_sockets_there_leave_no_room_for_more_here_until_one_is_closed(
    join: Join, other: TestServer, open_browser: Open
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    tabs = [await member(alice.browser) for _ in range(MOST - 1)]
    browser = open_browser(other)
    await browser.log_in("alice")
    await until(lambda: not other.app[SOCKETS].has_room(alice.author["id"]))

    assert await (await open_socket(browser)).close_code() == Close.TOO_MANY_SOCKETS
    assert (await member(bob.browser)).hello

    await tabs[0].socket.ws.close()
    await until(lambda: other.app[SOCKETS].has_room(alice.author["id"]))
    assert (await member(browser)).hello


async def test_of_sockets_that_both_took_at_once_those_that_are_too_many_are_closed(
    join: Join, server: TestServer, other: TestServer, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "PATIENCE_S", 0.1)
    alice, bob = await join("alice"), await join("bobby", at=other)
    elsewhere = open_browser(other)
    await elsewhere.log_in("alice")
    with monkeypatch.context() as patch:
        patch.setattr(Sockets, "has_room", lambda *_: True)
        tabs = [await open_socket(browser) for browser in [alice.browser] * (MOST - 1) + [elsewhere] * MOST]
        await until(lambda: count(server, alice) + count(other, alice) > MOST)

    await until(lambda: count(server, alice) + count(other, alice) == MOST)

    assert sorted([count(server, alice), count(other, alice)]) == [0, MOST]
    assert count(other, bob) == 1
    await asyncio.gather(*(tab.ws.close() for tab in tabs))


@pytest.mark.usefixtures("clock")
async def test_what_was_spent_before_there_was_another_server_counts_there_too(
    join: Join, server: TestServer, start: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for who in (alice, bob):
        for number in range(BURST):
            await who.socket.posted(f"number {number}")
    monkeypatch.setattr(sharing, "MOST_IN_A_NOTE", 1)
    assert server.app[BUS].is_alone

    other = await start(post_rate=10, post_burst=BURST)

    await until(lambda: is_charged(other, "posts", alice) and is_charged(other, "posts", bob))
