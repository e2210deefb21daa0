"""Requests are counted by kind and person, or by the address of strangers; and wait for their turn."""

import asyncio

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.limits.holding import REFUSALS_BURST
from app.limits.keys import GATES
from app.limits.kinds import ADDRESS_BURST, CHANGE, PAGE, READ
from tests.chat.conftest import Join, join, member
from tests.conftest import Serve
from tests.rooms.conftest import by
from tests.rooms.test_floods import held, outcome
from tests.support.browsing import Browser, Browsers, Open, refused
from tests.support.load import PATIENCE_S
from tests.support.locks import until_waiting

__all__ = ["join", "member"]
pytestmark = pytest.mark.usefixtures("clock")


async def signed_up(login: str, server: TestServer, open_browser: Open, **headers: str) -> Browser:
    browser = open_browser(server, **headers)
    assert (await browser.sign_up(login)).status == 303
    return browser


async def test_a_person_who_asks_too_often_is_told_when_to_ask_again_and_nobody_else_is_refused(
    serve: Serve, open_browser: Open
) -> None:
    server = await serve(request_factor=0.2)
    alice, bob = await signed_up("alice", server, open_browser), await signed_up("bobby", server, open_browser)

    statuses = [(await alice.ask("GET", "/api/rooms/1/members")).status for _ in range(READ.burst // 5 + 1)]
    denied = await alice.ask("GET", "/api/rooms/1/members")

    assert {*statuses[:-1]} == {200}
    assert statuses[-1] == denied.status == 429
    assert denied.headers["Retry-After"] == "1"
    assert '"code": "rate_limited"' in denied.text
    assert (await bob.ask("GET", "/api/rooms/1/members")).status == 200
    assert (await alice.ask("GET", "/")).status == 200  # of another kind


async def test_strangers_are_counted_by_their_address_and_who_is_signed_in_there_is_not_refused(
    serve: Serve, open_browser: Open
) -> None:
    server = await serve(request_factor=0.02, proxy_hops=1)
    await signed_up("first", await serve(), open_browser)  # the admin comes by no proxy
    alice = await signed_up("alice", server, open_browser, **{"X-Forwarded-For": "192.0.2.1"})
    stranger = open_browser(server, **{"X-Forwarded-For": "192.0.2.1"})
    elsewhere = open_browser(server, **{"X-Forwarded-For": "192.0.2.2"})

    for _ in range(round(PAGE.burst * ADDRESS_BURST * 0.02) - 1):  # one was for the form of alice
        assert (await stranger.ask("GET", "/login")).status == 200
    denied = await stranger.ask("GET", "/login")

    assert refused(denied, 429)
    assert "Your network is asking faster" in denied.text
    assert (await elsewhere.ask("GET", "/login")).status == 200
    assert (await alice.ask("GET", "/settings")).status == 200


async def test_what_changes_something_is_counted_too(serve: Serve, join: Join) -> None:
    alice = await join("alice", at=await serve(request_factor=0.1))
    asking = by(alice)

    refusals = [await outcome(asking.remove(9, alice)) for _ in range(CHANGE.burst // 10 + 3)]

    assert refusals == [(403, "not_a_member")] * (CHANGE.burst // 10) + [(429, "rate_limited")] * 3


async def test_what_is_refused_for_its_token_or_its_origin_is_counted_by_its_address(
    serve: Serve, open_browser: Open
) -> None:
    server = await serve(request_factor=0.02, proxy_hops=1)
    many = round(CHANGE.burst * ADDRESS_BURST * 0.02)
    for number, headers in enumerate(({}, {"Origin": "https://evil.example"}, {"Content-Encoding": "gzip"})):
        hostile = open_browser(server, **{"X-Forwarded-For": f"192.0.2.{number}"})

        statuses = [(await hostile.ask("POST", "/settings", headers=headers)).status for _ in range(many + 1)]

        assert 429 not in statuses[:-1]
        assert statuses[-1] == 429
    elsewhere = open_browser(server, **{"X-Forwarded-For": "192.0.2.9"})
    assert refused(await elsewhere.ask("POST", "/settings"), 403)


async def test_an_office_and_a_room_of_pictures_and_a_browser_that_was_restarted_meet_no_limit(
    alice: Browser, browser: Browsers
) -> None:
    stranger = browser()

    office = await asyncio.gather(*(stranger.ask("GET", "/login") for _ in range(150)))
    tabs = await asyncio.gather(*(alice.ask("GET", "/") for _ in range(50)))
    pictures = await asyncio.gather(*(alice.ask("GET", f"/avatars/{number}") for number in range(200)))

    assert {answer.status for answer in (*office, *tabs)} == {200}
    assert {answer.status for answer in pictures} == {404}


async def test_while_strangers_wait_for_each_other_whoever_is_signed_in_does_not(
    serve: Serve, open_browser: Open
) -> None:
    server = await serve(db_pool=5)
    alice = await signed_up("alice", server, open_browser)

    strangers = server.app[GATES]["strangers"]
    async with strangers.turn("somebody"), strangers.turn("somebody"):  # all places that there are at db_pool=5
        stranger = asyncio.create_task(open_browser(server).ask("GET", "/login"))
        pages = [(await alice.ask("GET", path)).status for path in ("/", "/people", "/settings")]
        assert not stranger.done()

    assert pages == [200] * 3
    assert (await stranger).status == 200


async def test_who_is_refused_again_and_again_waits_for_it_and_keeps_nobody_waiting(
    serve: Serve, open_browser: Open
) -> None:
    server = await serve(request_factor=0.05)
    alice, mallory = await signed_up("alice", server, open_browser), await signed_up("mallory", server, open_browser)
    allowed, at_once = READ.burst // 20, REFUSALS_BURST

    statuses = [(await mallory.ask("GET", "/api/rooms/1/members")).status for _ in range(allowed + at_once)]
    late = asyncio.create_task(mallory.ask("GET", "/api/rooms/1/members"))
    pages = [(await alice.ask("GET", "/")).status for _ in range(4)]

    assert statuses == [200] * allowed + [429] * at_once
    assert pages == [200] * 4
    assert not late.done()
    assert (await late).status == 429


async def test_static_files_and_health_are_never_refused(serve: Serve, open_browser: Open) -> None:
    server = await serve(request_factor=0.001)
    browser = open_browser(server)
    page = await browser.ask("GET", "/login")
    sheet = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]

    assert [(await browser.ask("GET", path)).status for path in (sheet, "/healthz") * 20] == [200] * 40


async def test_while_one_persons_changes_wait_others_find_a_connection(
    serve: Serve, join: Join, database: Engine
) -> None:
    server = await serve(db_pool=5)
    mallory, bob = await join("mallory", at=server), await join("bobby", at=server)
    room = await by(mallory).make("Plans")

    with held(database):
        asking = [asyncio.create_task(outcome(by(mallory).change(room, topic=str(n)))) for n in range(30)]
        await until_waiting(database)
        async with asyncio.timeout(PATIENCE_S):
            pages = [(await bob.browser.ask("GET", path)).status for path in ("/", "/people", "/api/rooms") * 5]

    assert pages == [200] * 15
    assert {*await asyncio.gather(*asking)} <= {None, (429, "rate_limited")}
