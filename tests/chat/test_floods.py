"""Those who send far too fast or never read: bounded, sent away, and noticed by nobody else."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from aiohttp.test_utils import TestServer

from app.chat.keys import HUB
from app.chat.socket import MAX_REFUSALS
from app.live.client import MAX_OUTBOX_EVENTS, Close
from tests.chat.conftest import Join, Member, member
from tests.chat.mortal import insist
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.sockets import Closed, until


async def gone(who: Member) -> None:
    """Wait until the server has forgotten somebody's sockets."""
    await until(lambda: not who.app[HUB].clients.of(who.author["id"]))


async def signed_up(server: TestServer, open_browser: Open, login: str) -> Member:
    browser = open_browser(server)
    assert (await browser.sign_up(login)).status == 303
    return await member(browser)


async def all_until_closed(who: Member, say: Callable[[], Awaitable[object]]) -> tuple[list[str], int]:
    """Say something until the server closes the socket; returns the codes of its errors, and the close code."""
    codes: list[str] = []
    await who.socket.until("presence")  # the last that a socket is sent when it is opened

    async def speak() -> None:
        while not who.socket.ws.closed:
            await say()
            await asyncio.sleep(0)  # or a thousand would come at once, which are too many frames whatever they say

    speaking = asyncio.create_task(speak())
    try:
        while True:
            if (event := await who.socket.next())["type"] == "error":
                codes.append(event["code"])
    except Closed as closed:
        return codes, int(closed.args[0])
    finally:
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)


async def test_a_flood_of_posts_is_refused_then_closed_and_nobody_else_notices(
    serve: Serve, open_browser: Open
) -> None:
    server = await serve()
    flooder, alice, bob = [await signed_up(server, open_browser, login) for login in ("flooder", "alice", "bobby")]

    codes, code = await all_until_closed(flooder, lambda: flooder.socket.post("too much"))
    await alice.socket.posted("as ever")

    assert code == Close.RATE_LIMITED
    assert set(codes) == {"rate_limited"}
    assert len(codes) >= MAX_REFUSALS - 1  # the first was for the question that `join` ends with
    assert (await bob.socket.until("message", text="as ever"))["author"] == alice.author


async def test_a_flood_of_nonsense_with_a_success_now_and_then_is_closed_too(join: Join) -> None:
    flooder = await join("flooder")
    turns = iter(range(1_000_000))

    async def say() -> None:
        if next(turns) % 100 == 0:
            await flooder.socket.post("sense")
        else:
            await flooder.socket.ws.send_str("nonsense")

    _, code = await all_until_closed(flooder, say)

    assert code == Close.RATE_LIMITED


async def test_someone_who_is_refused_now_and_then_stays(join: Join) -> None:
    alice = await join("alice")

    for number in range(300):
        await alice.socket.ws.send_str("nonsense")
        await alice.socket.until("error")
        await alice.socket.posted(f"number {number}")

    assert not alice.socket.ws.closed


async def test_someone_who_posts_and_never_reads_the_answers_is_cut_off_and_the_room_gets_everything(
    join: Join,
) -> None:
    deaf, bob = await join("deaf1"), await join("bobby")
    received: list[int] = []
    talking = asyncio.create_task(talk(deaf))
    listening = asyncio.create_task(listen(bob, received))

    await gone(deaf)
    talking.cancel()
    listening.cancel()
    await asyncio.gather(talking, listening, return_exceptions=True)

    # What is still under way of the flood may keep a busy database from answering in time.
    last = (await insist(bob.socket, "we go on", str(uuid.uuid4())))["seq"]
    assert received == list(range(1, len(received) + 1))
    assert last > MAX_OUTBOX_EVENTS


async def talk(who: Member) -> None:
    while True:
        await who.socket.post("x" * 4_000)


async def listen(who: Member, received: list[int]) -> None:
    while True:
        received.append((await who.socket.until("message"))["seq"])
