"""Several servers on one database behave as one: doorbells, the truth behind them, and what need not arrive."""

import asyncio
import json
import uuid
from collections.abc import Callable

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select

from app.chat.keys import BUS, HUB
from app.db import epoch
from app.db.schema import messages
from app.live import loader
from app.live.bus import bus as bus_module
from app.live.bus.rings import MAX_CHANGES_BYTES, OTHER_KEY
from app.live.channel import Changes
from tests.chat.conftest import Join, Member, member
from tests.chat.two_servers.conftest import are_acquainted
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.sockets import until


async def test_a_message_crosses_to_the_other_server_at_once(join: Join, other: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)

    ack = await alice.socket.posted("from here")
    assert (await bob.socket.until("message"))["seq"] == ack["seq"]

    ack = await bob.socket.posted("from there")
    assert (await alice.socket.until("message", text="from there"))["seq"] == ack["seq"] == 2


async def test_changes_cross_and_both_servers_changing_one_message_at_once_end_the_same(
    join: Join, other: TestServer, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    await alice.socket.posted("hi")

    async def change(member: Member, emoji: str) -> None:
        for number in range(8):
            on = number % 2 == 0
            await member.socket.say(type="react", id=str(uuid.uuid4()), room=1, seq=1, emoji=emoji, on=on)
            if member is alice:
                await member.socket.say(type="edit", id=str(uuid.uuid4()), room=1, seq=1, text=f"edit {number}")
        id = str(uuid.uuid4())
        await member.socket.say(type="react", id=id, room=1, seq=1, emoji=emoji, on=True)

    await asyncio.gather(change(alice, "👍"), change(bob, "🎉"))

    last = 1 + 8 + 2 * 9
    events = [await reader.socket.until("message", rev=last) for reader in (alice, bob)]
    assert events[0] == events[1] == (await bob.history())["messages"][0]
    assert events[0]["text"] == "edit 7"
    assert {(each["emoji"], len(each["people"])) for each in events[0]["reactions"]} == {("👍", 1), ("🎉", 1)}
    await alice.socket.say(type="delete", id=str(uuid.uuid4()), room=1, seq=1)
    assert (await bob.socket.until("message", rev=last + 1))["deleted"]


async def test_both_servers_writing_at_once_give_everyone_the_same_order(
    join: Join, other: TestServer, database: Engine
) -> None:
    here = [await join(f"here{number}") for number in range(5)]
    there = [await join(f"there{number}", at=other) for number in range(5)]

    async def write(writer: Member, name: str) -> None:
        for number in range(100):
            await writer.socket.post(f"{name}/{number}")

    async with asyncio.TaskGroup() as group:
        for index, writer in enumerate(here + there):
            group.create_task(write(writer, str(index)))

    with database.connect() as conn:
        expected: list[str] = []
        for reader in (here[0], there[0]):
            seen = [await reader.socket.until("message") for _ in range(1_000)]
            assert [event["seq"] for event in seen] == list(range(1, 1_001))
            expected = [*conn.scalars(select(messages.c.body).order_by(messages.c.seq))]
            assert [event["text"] for event in seen] == expected
    for index in range(10):
        own = [body for body in expected if body.startswith(f"{index}/")]
        assert own == [f"{index}/{number}" for number in range(100)]


async def test_the_same_post_on_both_servers_at_once_is_one_message(
    join: Join, other: TestServer, database: Engine, open_browser: Open
) -> None:
    alice = await join("alice")
    elsewhere = open_browser(other)
    await elsewhere.log_in("alice")
    twin = await member(elsewhere)
    for _ in range(50):
        id = str(uuid.uuid4())
        await asyncio.gather(alice.socket.post("once", id=id), twin.socket.post("once", id=id))
        first, second = await alice.socket.until("ack", id=id), await twin.socket.until("ack", id=id)
        assert first == second

    with database.connect() as conn:
        assert [*conn.scalars(select(messages.c.seq).order_by(messages.c.seq))] == list(range(1, 51))


async def test_a_small_message_crosses_with_its_ring_and_is_not_read_again(
    join: Join, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    read = reads_of(other, monkeypatch)

    for text in ("one", "two"):
        await alice.socket.posted(text)
        assert (await bob.socket.until("message"))["text"] == text
    assert not read

    large = "ö" * (MAX_CHANGES_BYTES // 2)
    await alice.socket.posted(large)
    assert (await bob.socket.until("message"))["text"] == large
    assert read
    assert (await bob.history())["messages"] == (await alice.history())["messages"]


async def test_what_a_lost_ring_brought_is_read_when_the_next_one_comes(
    join: Join, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    reads_of(other, monkeypatch)  # nor is it found by comparing
    with monkeypatch.context() as lost:
        rings = deafen(other, lost)
        await alice.socket.posted("unheard")
        await until(lambda: rings)

    await alice.socket.posted("heard")

    assert [(await bob.socket.until("message"))["text"] for _ in range(2)] == ["unheard", "heard"]


async def test_a_process_with_another_secret_key_reads_what_it_cannot_open_and_says_so(
    start: Serve, server: TestServer, join: Join
) -> None:
    stranger = await start(secret_key="another secret of tests, 32 characters or more")
    await are_acquainted(server, stranger)
    alice, bob = await join("alice"), await join("bobby", at=stranger)

    await alice.socket.posted("sealed")

    assert (await bob.socket.until("message"))["text"] == "sealed"
    await until(lambda: stranger.app[BUS].trouble)
    report = json.loads((await bob.browser.ask("GET", "/readyz")).text)
    assert (report["status"], report["bus"]) == ("degraded", OTHER_KEY)


def deafen(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let what others ring be lost; the rooms that they ring for."""
    rings: list[int] = []
    monkeypatch.setattr(server.app[HUB], "advance", lambda room, rev: rings.append(room))
    monkeypatch.setattr(server.app[HUB], "publish", lambda changes: None)
    return rings


def reads_of(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rooms of which a server reads what is new from now on, as often as it does; it compares nothing."""
    source, rooms = server.app[HUB].loader._source, []
    changes = source.changes

    async def noted(room: int, after: int) -> Changes:
        rooms.append(room)
        return await changes(room, after)

    async def compare_nothing() -> None:
        pass

    monkeypatch.setattr(source, "changes", noted)
    monkeypatch.setattr(server.app[HUB].loader, "reconcile", compare_nothing)
    return rooms


async def test_with_every_doorbell_lost_messages_still_arrive(
    join: Join, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    deafen(other, monkeypatch)
    await alice.socket.posted("unheard")
    monkeypatch.undo()

    assert (await bob.socket.until("message"))["text"] == "unheard"
    assert loader.RECONCILE_S == 2


async def test_a_bus_that_lost_its_connection_opens_again_and_reads_what_it_missed(
    join: Join, other: TestServer, cut: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RECONNECT_AFTER_S", 0.05)
    monkeypatch.setattr(loader, "RECONCILE_S", 60)
    alice, bob = await join("alice"), await join("bobby", at=other)

    cut()
    for number in range(20):
        await alice.socket.posted(f"number {number}")

    assert await bob.socket.texts(20) == [f"number {number}" for number in range(20)]


async def test_signing_out_here_closes_the_socket_there(join: Join, other: TestServer, open_browser: Open) -> None:
    alice = await join("alice")
    same_login = open_browser(other)
    same_login.session.cookie_jar.update_cookies({"parley": alice.browser.cookie() or ""})
    tab = await member(same_login)

    await alice.browser.sign_out()

    assert await tab.socket.close_code() == 4001


async def test_typing_and_reading_cross_too(join: Join, other: TestServer, open_browser: Open) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    elsewhere = open_browser(other)
    await elsewhere.log_in("alice")
    tab = await member(elsewhere)
    await alice.socket.posted("hi")

    await alice.socket.say(type="typing", room=1)
    assert (await bob.socket.until("typing"))["user"] == alice.named
    await alice.socket.say(type="read", room=1, seq=1)
    assert (await tab.socket.until("read"))["seq"] == 1
    assert not [event for event in await bob.socket.so_far() if event["type"] == "read"]


async def test_a_note_of_a_kind_that_only_a_newer_version_has_is_logged_and_passed_over(
    join: Join, other: TestServer, caplog: pytest.LogCaptureFixture
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)

    alice.app[BUS]._queue('note {"kind": "of_tomorrow"}')
    await alice.socket.say(type="typing", room=1)

    assert (await bob.socket.until("typing"))["user"] == alice.named
    assert [record.message for record in caplog.records if "of_tomorrow" in record.message] == [
        "bus payload not understood reason=Invalid value 'of_tomorrow' - at `$.kind`"
    ]
    assert other.app[BUS].is_open


async def test_another_epoch_sends_everyone_away_everywhere_and_no_old_cursor_counts(
    join: Join, other: TestServer, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "RECONCILE_S", 0.05)
    alice, bob = await join("alice"), await join("bobby", at=other)
    await alice.socket.posted("before")
    await bob.socket.until("message")

    epoch.rotate(database.url.render_as_string(hide_password=False))

    assert await alice.socket.close_code() == await bob.socket.close_code() == 1001
    old = bob.hello["epoch"]
    bob = await bob.reconnect()
    assert bob.hello["epoch"] != old
    await bob.resume(1, epoch=old)
    assert (await bob.socket.until("reset"))["rev"] == 1
    assert (await bob.socket.posted("after"))["seq"] == 2


async def test_a_newcomer_who_gets_another_epoch_first_stays_and_the_others_go(
    join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "RECONCILE_S", 60)
    alice = await join("alice")

    epoch.rotate(database.url.render_as_string(hide_password=False))
    bob = await join("bobby")

    assert await alice.socket.close_code() == 1001
    assert (await bob.socket.posted("a new history"))["seq"] == 1
    assert await bob.socket.texts(1) == ["a new history"]
