"""Two strangers visit a Parley that runs behind a proxy somewhere: `python -m tests.shipping ADDRESS LINK [SECONDS]`.

ADDRESS is as people type it, LINK the path of the link for the first account, SECONDS how long nobody speaks.
By hand, for proxies and services as a system runs them; the tests start their own. Only the first line checks the
certificate. The service must be one that nobody uses: alice and bob stay in it.
"""

import asyncio
import secrets
import sys
from contextlib import suppress

from aiohttp import ClientSession

from tests.files.conftest import tus
from tests.shipping.visiting import two_people
from tests.support.browsing import Browser
from tests.support.sockets import Socket, open_socket

FILE_BYTES = 20 * 1000**2
QUIET_S = 150  # more than twice what any of the proxies waits


async def visit(address: str, link: str, quiet_s: float) -> None:
    async with ClientSession() as session, session.get(address.replace("https:", "http:") + "/login") as answer:
        said(f"http leads to {answer.url}: {answer.status}")
    async with two_people(address, link) as people:
        said(f"signed up; the cookie: {await cookie_of(people[0])}")
        await send_file(people[0])
        sockets = [await open_socket(person) for person in people]
        await chat(sockets)
        await asyncio.gather(*(listen(socket, quiet_s) for socket in sockets))
        said(f"nobody said anything for {quiet_s:g} s")
        await chat(sockets)


async def cookie_of(person: Browser) -> str:
    """What the server says of the cookie, without its value, at another log-in."""
    await person.sign_out()
    answer = await person.log_in("alice")
    return "; ".join(answer.headers["Set-Cookie"].split("; ")[1:])


async def chat(sockets: list[Socket]) -> None:
    text = secrets.token_hex(8)
    await sockets[0].posted(text)
    for socket in sockets:
        await socket.until("message", text=text)
    said("posted, and received by both")


async def listen(socket: Socket, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                await socket.next()


async def send_file(person: Browser) -> None:
    content = secrets.token_bytes(FILE_BYTES)
    file = await (await tus(person)).give(content, name="large.bin")
    async with person.get(f"/files/{file}/large.bin") as answer:
        assert await answer.read() == content
    said(f"{len(content):,} bytes went up in one request, and down again")


def said(line: str) -> None:
    print(line, flush=True)


address, link, *more = sys.argv[1:]
asyncio.run(visit(address, link, float(more[0]) if more else QUIET_S))
