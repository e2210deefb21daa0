"""Marks that are set while a page comes or goes."""

import asyncio

import pytest
import sqlalchemy as sa
from aiohttp import ClientWebSocketResponse, WSMsgType
from sqlalchemy import Engine

from app.chat.keys import FOLLOWING, HUB
from app.chat.memberships.room_queries import RoomLists
from app.db.schema import memberships
from app.live.client import Close
from tests.chat.conftest import Join, Member
from tests.support.locks import until_waiting
from tests.support.sockets import Socket, open_socket, until


async def with_two_unread(join: Join) -> Member:
    alice, bob = await join("alice"), await join("bobby")
    for text in ("one", "two"):
        await bob.socket.posted(text)
    return alice


async def read_both(alice: Member, database: Engine) -> ClientWebSocketResponse:
    """Read one message, which waits for a lock, and then the other, which waits behind that; on a new socket."""
    url = alice.browser.make_url("/")
    ws = await alice.browser.ws_connect("/ws", headers={"Origin": str(url).rstrip("/")}, autoping=False)
    socket = Socket(ws)
    await socket.settle()
    await socket.say(type="read", room=1, seq=1)
    await until_waiting(database)
    await socket.say(type="read", room=1, seq=2)
    await ws.ping()
    while (await ws.receive()).type is not WSMsgType.PONG:
        pass  # what is sent to everybody
    return ws


def position_of(alice: Member, database: Engine) -> int:
    with database.connect() as conn:
        position = sa.select(memberships.c.read_seq).where(memberships.c.user_id == alice.author["id"])
        return int(conn.scalars(position).one())


async def test_what_was_read_right_before_a_page_was_left_counts_though_it_waited(join: Join, database: Engine) -> None:
    alice = await with_two_unread(join)
    with database.begin() as lock:
        lock.execute(sa.select(memberships).with_for_update())
        ws = await read_both(alice, database)
        await ws.close()

    await until(lambda: position_of(alice, database) == 2)


async def test_what_waits_when_the_server_closes_a_socket_is_not_obeyed(join: Join, database: Engine) -> None:
    alice = await with_two_unread(join)
    clients = alice.app[HUB].clients
    with database.begin() as lock:
        lock.execute(sa.select(memberships).with_for_update())
        ws = await read_both(alice, database)
        clients.close_all(Close.SESSION_ENDED)
        await ws.close()

    await until(lambda: not clients.of(alice.author["id"]))
    assert position_of(alice, database) == 1


async def test_a_mark_that_another_page_sets_while_the_hello_is_made_comes_behind_it(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await with_two_unread(join)
    following = alice.app[FOLLOWING]
    rooms_of, are_read, may_go_on = following.rooms_of, asyncio.Event(), asyncio.Event()

    async def read_long_ago(user_id: int) -> RoomLists:
        rooms = await rooms_of(user_id)
        are_read.set()
        await may_go_on.wait()
        return rooms

    monkeypatch.setattr(following, "rooms_of", read_long_ago)
    tab = await open_socket(alice.browser)
    await are_read.wait()
    await alice.socket.say(type="read", room=1, seq=2)
    await alice.socket.settle()
    may_go_on.set()

    hello = await tab.next()
    assert (hello["type"], hello["rooms"][0]["read_seq"]) == ("hello", 0)
    await tab.until("read", seq=2)
