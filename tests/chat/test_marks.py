"""What tells people of one name apart, and administrators from all others: on the wire and on the page."""

import re
from html import unescape

from aiohttp.test_utils import TestServer

from app.chat.keys import PRESENCE
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.people.conftest import press
from tests.support.browsing import Browsers
from tests.support.redis_server import RedisServer
from tests.support.sockets import until

BESIDE = re.compile(r'<bdi class="message__author">(.+?)</bdi></a> <bdi class="message__beside">(.*?)</bdi>')


async def called(browser: Browsers, login: str, name: str) -> Member:
    person = browser()
    assert (await person.sign_up(login, display_name=name)).status == 303
    return await member(person)


async def besides(reader: Member) -> list[tuple[str, str]]:
    """Each author on the page of the Lobby, and what stands beside the name."""
    page = (await reader.browser.ask("GET", "/rooms/1")).text.partition("<template")[0]
    return [(unescape(name), unescape(mark)) for name, mark in BESIDE.findall(page)]


async def test_the_login_stands_beside_a_name_that_somebody_else_has(join: Join, browser: Browsers) -> None:
    alice = await join("alice")
    bob, carol = await called(browser, "bobby", "Bob Smith"), await called(browser, "carol", "Bob  Sm1th")
    dave = await called(browser, "david", "Dave")
    bob = await bob.reconnect()  # who came before their namesake
    for person in (bob, carol, dave):
        await person.socket.posted("hello")

    authors = [message["author"] for message in (await alice.history())["messages"]]

    assert [author.get("namesake", False) for author in authors] == [True, True, False]
    assert await besides(alice) == [("Bob Smith", "@bobby"), ("Bob Sm1th", "@carol"), ("Dave", "")]
    assert (await alice.socket.until("message"))["author"]["namesake"]


async def test_administrators_carry_a_mark_that_nobody_else_has(join: Join, browser: Browsers) -> None:
    alice, bob = await join("alice"), await called(browser, "bobby", "Alice Admirer")
    await alice.socket.posted("one")
    assert (await bob.socket.until("message"))["author"] == alice.author
    await bob.socket.posted("two")

    marks = [message["author"].get("admin") for message in (await bob.history())["messages"]]

    assert marks == [True, None]
    assert await besides(bob) == [("alice", "admin"), ("Alice Admirer", "")]
    async with bob.browser.get("/api/rooms/1/mentionable?q=al") as answer:
        assert (await answer.json())["members"] == [alice.author]


async def test_who_becomes_an_administrator_is_marked_and_who_is_none_any_more_is_not(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await bob.socket.posted("one")
    for role, mark in (("admin", "admin"), ("member", "")):
        await press(alice.browser, "/people/bobby", f"/people/bobby/role/{role}")

        assert await besides(alice) == [("bobby", mark)]


async def test_marks_cross_to_other_processes(server: TestServer, serve: Serve, redis: RedisServer, join: Join) -> None:
    here, there = [await serve(redis_url=redis.url) for _ in range(2)]
    alice, bob = await join("alice", at=here), await join("bobby", at=there)

    await until(lambda: there.app[PRESENCE].is_here(alice.author["id"]))

    shown = [person for event in await bob.socket.so_far() if event["type"] == "presence" for person in event["people"]]
    shown += (await (await bob.reconnect()).socket.until("presence"))["people"]
    assert alice.author in shown
    assert alice.author["admin"]
