"""A member reports a message, and admins settle it."""

import re

import pytest
from sqlalchemy import Engine

from tests.moderation.test_log import deleted, recorded
from tests.rooms.conftest import Requests
from tests.support.browsing import Browser
from tests.support.sockets import Socket, open_socket


@pytest.fixture
async def theirs(bob: Browser) -> Socket:
    return await open_socket(bob)


def text_of(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", "", page).split())


async def test_a_report_shows_admins_what_was_said_who_said_it_and_why(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket
) -> None:
    said = await theirs.posted("buy my <b>coins</b>")

    answer = await carol.submit(f"/rooms/{said['room']}/{said['seq']}/report", reason="It is an advert.")
    await deleted(theirs, said)
    page = await alice.ask("GET", "/settings/reports")

    assert answer.status == 303
    assert "Thank you" in (await carol.ask("GET", answer.location)).text
    assert "bobby wrote in Lobby: buy my &lt;b&gt;coins&lt;/b&gt; “It is an advert.” reported by carol" in text_of(
        page.text
    )
    assert "deleted since" in page.text


async def test_a_report_waits_until_an_admin_settles_it(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket, database: Engine
) -> None:
    said = await theirs.posted("buy my coins")
    for _ in range(2):
        await carol.submit(f"/rooms/{said['room']}/{said['seq']}/report")
    page = await alice.ask("GET", "/settings/reports")
    paths = re.findall(r'action="(/settings/reports/\d+/settle)"', page.text)

    assert len(paths) == 1
    for _ in range(2):
        answer = await alice.ask("POST", paths[0], data=page.hidden)
        assert answer.status == 303

    assert "No message waits" in (await alice.ask("GET", "/settings/reports")).text
    assert recorded(database) == [("alice", "settled", "bobby", "")]


async def test_only_who_can_read_a_message_can_report_it(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket
) -> None:
    gone = await theirs.posted("gone")
    await deleted(theirs, gone)
    room = await Requests(bob).direct("alice")
    await theirs.until("live", room=room)
    kept = await theirs.posted("between us", room=room)

    for person, path in ((carol, f"{room}/{kept['seq']}"), (carol, f"1/{gone['seq']}"), (carol, "1/99")):
        assert (await person.ask("GET", f"/rooms/{path}/report")).status == 404
        assert (await person.submit("/people", to=f"/rooms/{path}/report")).status in (403, 404)
    assert (await alice.ask("GET", f"/rooms/{room}/{kept['seq']}/report")).status == 200


async def test_members_neither_see_nor_settle_reports(alice: Browser, bob: Browser) -> None:
    assert (await bob.ask("GET", "/settings/reports")).status == 403
    assert (await bob.submit("/people/alice", to="/settings/reports/1/settle")).status == 403


async def test_a_reason_that_is_too_long_comes_back_with_a_sentence(
    alice: Browser, bob: Browser, theirs: Socket
) -> None:
    said = await theirs.posted("hello")

    answer = await alice.submit(f"/rooms/{said['room']}/{said['seq']}/report", reason="x" * 501)

    assert answer.status == 422
    assert answer.reason_at("reason") == "Say it in at most 500 characters."
    assert answer.input("reason")["value"] == "x" * 501
