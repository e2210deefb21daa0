"""What hostile accounts and hostile addresses do, each until it is cancelled. No answer makes them stop."""

import asyncio
import json
import os
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    CookieJar,
    DummyCookieJar,
    TCPConnector,
    TraceConfig,
    TraceRequestStartParams,
    WSMsgType,
)
from yarl import URL

from tests.faults.run.population import PASSWORD

IN_FLIGHT = 30
PAUSE_S = 0.05  # after what was refused or cut off, so that the attacker's own core is left for others
SOCKETS = 10


asked: Counter[str] = Counter()
"""How many requests were sent in this process, by path."""


async def _count(_: object, __: object, request: TraceRequestStartParams) -> None:
    asked[request.url.path] += 1


_COUNTING: "TraceConfig[object]" = TraceConfig()
_COUNTING.on_request_start.append(_count)


@dataclass(frozen=True)
class Target:
    """The chat as an attacker sees it: `victim` is the login that others try, `session` a cookie and its token."""

    url: str
    address: str
    victim: str
    login: str = ""
    session: tuple[str, str] = ("", "")

    def client(self, *, forgets: bool = False) -> ClientSession:
        """One who sends the cookie of the session, and keeps those that come, unless it `forgets` them."""
        cookies = {"parley": self.session[0]} if self.session[0] else {}
        headers = {"X-Forwarded-For": self.address, "X-CSRF-Token": self.session[1], "Origin": self.url}
        return ClientSession(
            self.url,
            cookies=cookies,
            cookie_jar=DummyCookieJar() if forgets else CookieJar(unsafe=True),
            connector=TCPConnector(limit=0),
            headers=headers,
            timeout=ClientTimeout(total=30),
            trace_configs=[_COUNTING],
        )


Attack = Callable[[Target], Awaitable[None]]


async def pings(target: Target) -> None:
    """Empty pings over all sockets that one may have."""
    await _over_sockets(target, lambda ws: ws.ping())


async def posts(target: Target) -> None:
    """Messages as fast as they can be written."""
    command = {"type": "post", "room": 1, "text": "x" * 4_000}
    await _over_sockets(target, lambda ws: ws.send_str(json.dumps(command | {"id": str(uuid.uuid4())})))


async def resumes(target: Target) -> None:
    """The whole of a room, again and again, by who does not read it."""
    async with target.client() as http:
        while True:
            async with http.ws_connect("/ws", max_msg_size=0) as ws:
                hello = json.loads((await ws.receive()).data.split("\n")[0])
                command = json.dumps({"type": "resume", "epoch": hello["epoch"], "rooms": {"1": 0}})
                while not ws.closed:
                    await ws.send_str(command)
                    await asyncio.sleep(PAUSE_S)


async def reads(target: Target) -> None:
    """Pages and searches, thirty at once."""
    paths = ("/", "/people", "/api/rooms", "/search?q=a", "/api/rooms/1/messages?limit=200", "/settings")
    await _at_once(target, lambda http, n: http.get(paths[n % len(paths)]))


async def changes(target: Target) -> None:
    """Changes of rooms that are not theirs, thirty at once: each would take the lock that all lists wait for."""
    asked = (("PATCH", "/api/rooms/1"), ("POST", "/api/rooms/1/leave"), ("DELETE", "/api/rooms/1/members/1"))
    await _at_once(target, lambda http, n: http.request(*asked[n % len(asked)], json={"topic": str(n)}))


async def makes(target: Target) -> None:
    """Rooms and direct conversations without end."""

    def ask(http: ClientSession, n: int) -> Awaitable[object]:
        if n % 2:
            return http.post("/api/rooms", json={"name": f"{target.login} {n}", "kind": "open"})
        return http.post("/api/directs", json={"logins": [target.victim, f"person{n % 20:03}"]})

    await _at_once(target, ask)


async def right_passwords(target: Target) -> None:
    """Log-ins that would succeed, twenty at once."""
    await _log_ins(target, target.login, PASSWORD)


async def wrong_passwords(target: Target) -> None:
    """Wrong passwords for the one whom others are to lock out."""
    await _log_ins(target, target.victim, "wrong horse 9")


async def halves(target: Target) -> None:
    """Requests whose headers, or bodies, never end."""
    url = URL(target.url)
    beginning = b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + target.address.encode() + b"\r\n"
    body = beginning.replace(b"GET / ", b"POST /login ") + b"Content-Length: 1000\r\n\r\na="
    opened = []
    for number in count():
        try:
            _, writer = await asyncio.open_connection(url.host, url.port)
            writer.write(body if number % 2 else beginning)
            opened.append(writer)
        except OSError:
            await asyncio.sleep(PAUSE_S)
        if len(opened) > IN_FLIGHT:
            opened.pop(0).close()
            await asyncio.sleep(PAUSE_S)


async def garbage(target: Target) -> None:
    """Bodies that are not what they say they are."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    await _at_once(target, lambda http, n: http.post("/login", data=os.urandom(100), headers=headers))


OF_ACCOUNTS: tuple[Attack, ...] = (pings, posts, resumes, reads, changes, makes)
OF_ADDRESSES: tuple[Attack, ...] = (right_passwords, wrong_passwords, halves, garbage, reads)


async def for_ever(attack: Attack, target: Target) -> None:
    """Attack again whenever the server ends it."""
    while True:
        with suppress(ClientError, TimeoutError, OSError, TypeError, ValueError):  # it was cut off, or refused
            await attack(target)
        await asyncio.sleep(PAUSE_S)


async def _over_sockets(target: Target, send: Callable[..., Awaitable[object]]) -> None:
    async with target.client() as http:

        async def one() -> None:
            async with http.ws_connect("/ws") as ws:
                while not ws.closed:
                    for _ in range(100):
                        await send(ws)
                    while (await _soon(ws)) is WSMsgType.TEXT:
                        pass

        await asyncio.gather(*(one() for _ in range(SOCKETS)))


async def _soon(ws: object) -> WSMsgType | None:
    """The kind of the frame that is there, if one is."""
    try:
        async with asyncio.timeout(0.001):
            return (await ws.receive()).type  # type: ignore[attr-defined,no-any-return]
    except TimeoutError:
        return None


async def _at_once(target: Target, ask: Callable[[ClientSession, int], Awaitable[object]]) -> None:
    numbers = count()
    async with target.client() as http:

        async def one() -> None:
            for number in numbers:
                answer = await ask(http, number)
                await answer.read()  # type: ignore[attr-defined]
                if answer.status >= 400:  # type: ignore[attr-defined]
                    await asyncio.sleep(PAUSE_S)

        await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))


async def _log_ins(target: Target, login: str, password: str) -> None:
    async with target.client(forgets=True) as http:  # or the second would find that it is logged in
        form = await http.get("/login")
        page, cookies = await form.text(), {name: cookie.value for name, cookie in form.cookies.items()}
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields = {"csrf_token": token, "login": login, "password": password}
        while True:
            answers = await asyncio.gather(
                *(http.post("/login", data=fields, cookies=cookies, allow_redirects=False) for _ in range(20))
            )
            for answer in answers:
                answer.release()
                cookies |= {name: cookie.value for name, cookie in answer.cookies.items() if name != "parley"}
            await asyncio.sleep(PAUSE_S)
