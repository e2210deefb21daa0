"""Coming back: snapshot plus events equal a fresh snapshot, whatever was missed."""

import asyncio
import random
import socket
import uuid
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, update

from app.chat.keys import HUB
from app.chat.messages.append import NewMessage, append_messages
from app.db.driver.engine import ENGINE
from app.db.driver.kept import direct
from app.db.schema import instance, rooms
from app.live import loader
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.sockets import until


async def write(author: Member, first: int, last: int) -> None:
    for number in range(first, last + 1):
        await author.socket.post(f"number {number}")
    await author.socket.until("message", seq=last)


async def until_live(member: Member) -> tuple[list[int], dict[str, Any]]:
    """The seqs of the messages before `live`, and `live`."""
    seqs = []
    while (event := await member.socket.next())["type"] != "live":
        if event["type"] == "message":
            seqs.append(event["seq"])
    return seqs, event


def resumed(seqs: list[int], member: Member, cursor: int) -> list[int]:
    """What the resume brought; before it came what was newer than `hello`, which may stand ahead of a gap."""
    start = len(seqs) - 1 - seqs[::-1].index(cursor + 1)
    newest = member.hello["rooms"][0]["last_seq"]
    assert seqs[:start] == list(range(newest + 1, newest + 1 + start))
    return seqs[start:]


async def test_hello_tells_who_one_is_where_and_what_fits(join: Join) -> None:
    alice = await join("alice")
    await write(alice, 1, 3)

    hello = (await alice.reconnect()).hello

    assert hello["user"] == {"id": 1, "login": "alice", "name": "alice", "admin": True}
    assert hello["limits"] == {"text": 4000}
    assert uuid.UUID(hello["epoch"])
    (lobby,) = hello["rooms"]
    assert (lobby["id"], lobby["kind"], lobby["name"]) == (1, "open", "Lobby")
    assert (lobby["last_seq"], lobby["last_rev"], lobby["read_seq"], lobby["mentions"]) == (3, 3, 0, 0)


async def test_whoever_says_nothing_reads_on_from_hello(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await write(alice, 1, 3)

    bob = await bob.reconnect()
    await alice.socket.post("number 4")

    assert (await bob.socket.until("message"))["seq"] == 4


async def test_resume_brings_again_what_came_between_hello_and_it(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await write(alice, 1, 3)
    bob = await bob.reconnect()
    await write(alice, 4, 5)
    await bob.socket.until("message", seq=5)

    await bob.resume(3)

    seqs, live = await until_live(bob)
    assert (seqs, live["rev"]) == ([4, 5], 5)


@pytest.mark.parametrize("missed", [0, 1, 99, 250, 999])
async def test_resume_brings_what_was_missed_once_in_order_and_then_live(join: Join, missed: int) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await write(alice, 1, 2 + missed)
    bob = await bob.reconnect()

    await bob.resume(2)
    seqs, live = await until_live(bob)

    assert seqs == list(range(3, 3 + missed))
    assert live == {"type": "live", "room": 1, "rev": 2 + missed}
    await alice.socket.post("new")
    assert (await bob.socket.until("message"))["seq"] == 3 + missed


async def test_resume_reads_the_database_where_memory_does_not_reach(join: Join) -> None:
    """Nobody was connected for a while, so the room's channel began anew with its newest hundred events."""
    alice = await join("alice")
    await write(alice, 1, 500)
    alice = await alice.reconnect()

    await alice.resume(0)
    seqs, _ = await until_live(alice)

    assert seqs == list(range(1, 501))


async def test_resume_while_others_write_leaves_no_gap(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await write(alice, 1, 300)
    writing = asyncio.create_task(write(alice, 301, 1_200))

    seen: list[int] = []
    cursor = 300
    while cursor < 1_200:
        bob = await bob.reconnect()
        await bob.resume(cursor)
        seqs, live = await until_live(bob)
        seen += resumed(seqs, bob, cursor) if live["rev"] > cursor else []
        cursor = live["rev"]
    await writing

    assert seen == list(range(301, 1_201))


async def test_more_than_a_thousand_changes_behind_is_a_reset(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await write(alice, 1, 1_001)
    bob = await bob.reconnect()

    await bob.resume(0)

    assert await bob.socket.until("reset") == {"type": "reset", "room": 1, "rev": 1_001}
    seqs, live = await until_live(bob)
    assert (seqs, live["rev"]) == ([], 1_001)
    await alice.socket.post("new")
    assert (await bob.socket.until("message"))["seq"] == 1_002


async def test_a_resume_that_cannot_be_done_closes_the_socket_rather_than_leave_it_behind_a_gap(
    serve: Serve, open_browser: Open, database: Engine
) -> None:
    server = await serve(db_statement_timeout_s=0.2, post_rate=1_000_000, post_burst=1_000_000)
    browser = open_browser(server)
    await browser.sign_up("alice")
    alice = await member(browser)
    await write(alice, 1, 500)
    alice = await alice.reconnect()
    await alice.socket.so_far()

    with database.begin() as conn:
        conn.exec_driver_sql("LOCK TABLE messages")
        await alice.resume(0)
        code = await alice.socket.close_code()

    assert code == 1013
    alice = await alice.reconnect()
    await alice.resume(0)
    seqs, _ = await until_live(alice)
    assert seqs == list(range(1, 501))


async def test_too_many_resumes_close_the_socket_rather_than_leave_it_behind_a_gap(join: Join) -> None:
    alice = await join("alice")

    for _ in range(200):
        await alice.resume(0)

    assert await alice.socket.close_code() == 4009


async def test_a_cursor_ahead_of_the_database_is_a_reset(join: Join) -> None:
    alice = await join("alice")
    await write(alice, 1, 3)
    alice = await alice.reconnect()

    await alice.resume(4)

    assert await alice.socket.until("reset") == {"type": "reset", "room": 1, "rev": 3}


async def test_another_epoch_is_a_reset(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await write(alice, 1, 3)
    before = alice.hello["epoch"]
    with database.begin() as conn:
        conn.execute(update(instance).values(epoch=uuid.uuid4()))
    alice = await alice.reconnect()
    assert alice.hello["epoch"] != before

    await alice.resume(3, epoch=before)

    assert await alice.socket.until("reset") == {"type": "reset", "room": 1, "rev": 3}


async def test_a_backup_restored_under_a_running_server_sends_everyone_back(
    join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "RECONCILE_S", 0.05)
    alice = await join("alice")
    await write(alice, 1, 3)

    with database.begin() as conn:
        conn.exec_driver_sql("DELETE FROM messages WHERE seq > 1")
        conn.execute(update(rooms).values(last_seq=1, last_rev=1))

    assert await alice.socket.close_code() == 1001
    alice = await alice.reconnect()
    await alice.resume(3)
    assert (await alice.socket.until("reset"))["rev"] == 1
    assert (await alice.socket.posted("on we go"))["seq"] == 2


async def test_snapshot_plus_events_equal_a_fresh_snapshot(join: Join) -> None:
    """A reader who comes and goes at random, over two rounds of HTTP and socket, holds what the database holds."""
    chance = random.Random(20260101)
    alice, bob = await join("alice"), await join("bobby")
    page = await bob.history()
    held = {message["seq"]: message for message in page["messages"]}
    cursor = page["last_rev"]

    for last in sorted(chance.sample(range(20, 400), 12)):
        writing = asyncio.create_task(write(alice, last, last))
        bob = await bob.reconnect()
        await bob.resume(cursor)
        while (event := await bob.socket.next())["type"] != "live":
            if event["type"] == "message":
                held[event["seq"]] = event
        cursor = event["rev"]
        writing.cancel()

    bob = await bob.reconnect()
    await bob.resume(cursor)
    while (event := await bob.socket.next())["type"] != "live":
        if event["type"] == "message":
            held[event["seq"]] = event
    fresh = await bob.history(limit=200)
    assert [held[seq] for seq in sorted(held)] == fresh["messages"]


async def test_a_long_way_back_does_not_overrun_a_reader_who_takes_it_slowly(join: Join, server: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for one in (alice, bob):
        await one.socket.ws.close()
    await until(lambda: not server.app[HUB]._channels)  # nothing is remembered: it comes in pages
    async with direct(server.app[ENGINE]) as conn:
        for _ in range(10):
            ids = [uuid.uuid4() for _ in range(100)]
            batch = [NewMessage(1, alice.author["id"], id, "👍" * 4_000, None) for id in ids]  # 16 KB each
            await append_messages(conn, batch)
    bob = await bob.reconnect()

    (client,) = server.app[HUB].clients.of(bob.author["id"])
    client.ws.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
    await bob.resume(0)
    await until(lambda: client.ws.lagging)
    for _ in range(100):  # in which nothing is read, and all pages would have been written
        await asyncio.sleep(0.01)
    seen, live = await until_live(bob)

    assert seen == [*range(1, 1_001)]
    assert live["rev"] == 1_000
