"""Several servers on one database behave as one: doorbells, the truth behind them, and what need not arrive."""

import asyncio
import uuid

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select, text

from app.chat.socket import CHAT
from app.db.schema import messages
from app.live import bus as bus_module
from app.live import hub as hub_module
from tests.browsing import Open
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve


@pytest.fixture
async def other(serve: Serve) -> TestServer:
    """A second server on the same database."""
    return await serve(post_rate=1_000_000, post_burst=1_000_000)


async def test_a_message_crosses_to_the_other_server_at_once(join: Join, other: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)

    ack = await alice.socket.posted("from here")
    assert (await bob.socket.until("message"))["seq"] == ack["seq"]

    ack = await bob.socket.posted("from there")
    assert (await alice.socket.until("message", text="from there"))["seq"] == ack["seq"] == 2


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


async def test_with_every_doorbell_lost_messages_still_arrive(
    join: Join, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    monkeypatch.setattr(other.app[CHAT].hub, "heard", lambda room, rev: None)
    await alice.socket.posted("unheard")
    monkeypatch.undo()

    async with asyncio.timeout(2.5):
        assert (await bob.socket.until("message"))["text"] == "unheard"
    assert hub_module.RECONCILE_S == 2


async def test_a_bus_that_lost_its_connection_listens_again_and_reads_what_it_missed(
    join: Join, other: TestServer, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RECONNECT_AFTER_S", 0.05)
    monkeypatch.setattr(hub_module, "RECONCILE_S", 60)
    alice, bob = await join("alice"), await join("bobby", at=other)

    with database.begin() as conn:
        statement = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND (query LIKE '%pg_notify%' OR query LIKE 'LISTEN%')"
        )
        assert len(conn.scalars(statement).all()) == 2
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
    assert (await bob.socket.until("typing"))["user"] == alice.author
    await alice.socket.say(type="read", room=1, seq=1)
    assert (await tab.socket.until("read"))["seq"] == 1
    assert not [event for event in await bob.socket.so_far() if event["type"] == "read"]
