"""What people see of one another: presence, typing, reading, rates, sessions."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, delete

from app.chat.keys import CHAT, HUB
from app.chat.presence import presence
from app.db.schema import sessions
from app.live.client import MAX_OUTBOX_BYTES
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.sockets import Socket, open_socket


async def test_everyone_sees_who_is_here_and_who_comes(join: Join) -> None:
    alice = await join("alice")
    assert (await alice.socket.until("presence"))["people"] == [alice.author]

    bob = await join("bobby")

    assert await alice.socket.until("presence", here=True) == {
        "type": "presence",
        "room": 1,
        "here": True,
        "people": [bob.author],
    }
    assert (await bob.socket.until("presence"))["people"] == [alice.author, bob.author]


@pytest.fixture
def without_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept until the next tick is kept."""
    monkeypatch.setattr(presence, "TICK_S", 1_000.0)


async def test_who_comes_right_after_somebody_is_told_of_them(without_ticks: None, join: Join) -> None:
    alice = await join("alice")
    tab = await member(alice.browser)
    assert (await tab.socket.until("presence"))["people"] == [alice.author]

    bob = await join("bobby")

    assert (await bob.socket.until("presence"))["people"] == [alice.author, bob.author]


async def test_someone_who_is_away_too_long_has_left(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob = await join("alice"), await join("bobby")
    monkeypatch.setattr(presence, "GRACE_S", 0)
    monkeypatch.setattr(presence, "TICK_S", 0.01)

    await bob.socket.ws.close()

    assert (await alice.socket.until("presence", here=False))["people"] == [bob.author]


async def test_someone_who_reconnects_never_left(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_now", lambda: 1_000.0)  # a slow machine takes longer than the grace
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.until("presence", people=[bob.author])

    bob = await bob.reconnect()
    await bob.socket.posted("back")

    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]
    assert presence.GRACE_S == 10


async def test_typing_is_shown_to_the_others(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")

    await alice.socket.say(type="typing", room=1)

    assert await bob.socket.until("typing") == {"type": "typing", "room": 1, "user": alice.author}


async def three_posts(join: Join) -> tuple[Member, Member, Member]:
    """Alice in two tabs, and Bob, who has posted three messages."""
    alice, bob = await join("alice"), await join("bobby")
    tab = await member(alice.browser)
    for text in ("one", "two", "three"):
        await bob.socket.posted(text)
    return alice, tab, bob


async def test_reading_is_stored_and_sent_to_ones_own_tabs_alone(join: Join) -> None:
    alice, tab, bob = await three_posts(join)

    await alice.socket.say(type="read", room=1, seq=2)
    assert await tab.socket.until("read") == {"type": "read", "room": 1, "seq": 2}
    await alice.socket.say(type="read", room=1, seq=1)
    await alice.socket.say(type="read", room=1, seq=99)
    assert (await tab.socket.until("read"))["seq"] == 3

    assert not [event for event in await bob.socket.so_far() if event["type"] == "read"]
    assert (await tab.reconnect()).hello["rooms"][0]["read_seq"] == 3
    assert (await bob.reconnect()).hello["rooms"][0]["read_seq"] == 0


async def test_what_was_read_can_be_made_unread_again_in_all_of_ones_own_tabs_alone(join: Join) -> None:
    alice, tab, bob = await three_posts(join)
    await alice.socket.say(type="read", room=1, seq=3)
    await tab.socket.until("read", seq=3)

    await alice.socket.say(type="unread", room=1, seq=3)
    await alice.socket.say(type="unread", room=1, seq=2)

    for socket in (alice.socket, tab.socket):
        assert await socket.until("read", back=True) == {"type": "read", "room": 1, "seq": 2, "back": True}
        assert (await socket.until("read"))["seq"] == 1
    await alice.socket.say(type="unread", room=1, seq=3)  # is unread already
    assert not [event for event in await alice.socket.so_far() if event["type"] == "read"]
    assert not [event for event in await bob.socket.so_far() if event["type"] == "read"]
    assert (await tab.reconnect()).hello["rooms"][0]["read_seq"] == 1


async def test_a_new_account_has_read_everything_that_came_before(join: Join) -> None:
    alice = await join("alice")
    await alice.socket.posted("long ago")

    bob = await join("bobby")

    assert bob.hello["rooms"][0]["read_seq"] == 1


async def test_posting_too_fast_is_refused_with_a_time_to_wait_and_loses_nothing(
    serve: Serve, open_browser: Open, clock: SimpleNamespace
) -> None:
    alice = open_browser(await serve())
    await alice.sign_up("alice")
    socket = (await member(alice)).socket
    ids = [await socket.post(f"number {number}") for number in range(60)]

    answers = {answer["id"]: answer for answer in await answers_to(socket, ids)}
    refused = [id for id in ids if answers[id]["type"] == "error"]
    assert refused == ids[20:]
    assert {answers[id]["code"] for id in refused} == {"rate_limited"}
    assert {answers[id]["retry_after"] for id in refused} == {1}

    clock.now += 1
    assert (await socket.posted("again", id=refused[0]))["seq"] == 21


async def answers_to(socket: Socket, ids: list[str]) -> list[dict[str, Any]]:
    """The acks and errors of these posts, in the order in which they come."""
    answers: list[dict[str, Any]] = []
    while len(answers) < len(ids):
        if (event := await socket.next()).get("id") in ids:
            answers.append(event)
    return answers


async def test_signing_out_closes_the_sockets_of_that_login_and_no_others(
    join: Join, server: TestServer, open_browser: Open
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    elsewhere = open_browser(server)
    await elsewhere.log_in("alice")
    other = await member(elsewhere)

    assert (await alice.browser.sign_out()).status == 303

    assert await alice.socket.close_code() == 4001
    await other.socket.posted("still here")
    await bob.socket.posted("me too")


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
async def test_a_socket_of_another_site_is_refused(join: Join, origin: str | None) -> None:
    alice = await join("alice")

    with pytest.raises(WSServerHandshakeError) as refusal:
        await alice.browser.ws_connect("/ws", headers={"Origin": origin} if origin else {})

    assert refusal.value.status == 403


async def test_one_person_may_open_ten_sockets_and_not_eleven(join: Join) -> None:
    alice = await join("alice")
    tabs = [await member(alice.browser) for _ in range(9)]

    async with alice.browser.ws_connect(
        "/ws", headers={"Origin": str(alice.browser.make_url("/")).rstrip("/")}
    ) as eleventh:
        await eleventh.receive()
        assert eleventh.close_code == 4011

    await tabs[0].socket.ws.close()
    assert (await member(alice.browser)).hello


async def test_heads_are_sent_every_heartbeat(serve: Serve, open_browser: Open) -> None:
    server = await serve(heartbeat_s=1)
    alice = open_browser(server)
    await alice.sign_up("alice")
    socket = (await member(alice)).socket
    await socket.posted("hi")

    assert await socket.until("heads", rooms={"1": 1})


async def test_a_reader_who_stops_is_cut_off_and_the_room_does_not_notice(join: Join) -> None:
    """Eve stops reading; Bob reads everything; Eve comes back and reads everything too."""
    alice, bob, eve = await join("alice"), await join("bobby"), await join("eve")
    transport = eve.socket.ws._response.connection.transport
    transport.pause_reading()
    text = "x" * 4_000

    async def write_until_eve_is_gone() -> int:
        written = 0
        while alice.app[HUB].clients.of(eve.author["id"]):
            for _ in range(50):
                await alice.socket.post(text)
                written += 1
            await alice.socket.until("message", seq=written)
            await bob.socket.until("message", seq=written)
            assert written * len(text) < 50 * MAX_OUTBOX_BYTES
        return written

    count = await write_until_eve_is_gone()

    eve = await member(eve.browser)
    await alice.socket.posted("after")
    assert (await eve.socket.until("message"))["seq"] == count + 1


async def test_a_socket_ends_with_its_session_whoever_ended_it(
    serve: Serve, open_browser: Open, database: Engine
) -> None:
    server = await serve(heartbeat_s=1)
    alice, bob = open_browser(server), open_browser(server)
    await alice.sign_up("alice")
    await bob.sign_up("bobby")
    sockets = [(await member(one)).socket for one in (alice, bob)]

    with database.begin() as conn:
        conn.execute(delete(sessions).where(sessions.c.user_id == 1))

    assert await sockets[0].close_code() == 4001
    await sockets[1].posted("still here")


async def test_while_the_server_stops_nobody_new_is_let_in(join: Join) -> None:
    alice = await join("alice")
    await alice.app[CHAT].close()

    with pytest.raises(WSServerHandshakeError) as refusal:
        await open_socket(alice.browser)

    assert refusal.value.status == 503
    assert refusal.value.headers is not None
    assert "Retry-After" in refusal.value.headers
    assert await alice.socket.close_code() == 1001
