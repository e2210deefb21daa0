"""A push service of this machine's own, and browsers that it reaches: they decrypt what comes, as RFC 8291 says."""

import asyncio
import itertools
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import http_ece
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from tests.rooms.conftest import Requests
from tests.support.browsing import Browser

PUBLIC = "127.0.0.2"
AUTH_SECRET = b"sixteen bytes 16"
_NUMBERS = itertools.count(1)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_public_here(address: str, port: int) -> bool:
    return address == PUBLIC


class Arrived(NamedTuple):
    """A push as the service got it, and the notice in it."""

    name: str
    notice: dict[str, Any]
    headers: dict[str, str]


class PushService:
    """Takes pushes, checks who signed them and for whom, and keeps what is in them. A context manager."""

    def __init__(self) -> None:
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self._server: TestServer | None = None
        self._arrived: asyncio.Queue[Arrived] = asyncio.Queue()
        self.all: list[Arrived] = []
        self.asked = 0
        self.answer: Answer = _created  # to a push; only what it says is created has arrived
        self.holds_after = 1_000_000  # pushes that came: it answers no more of them until `released`
        self.released = asyncio.Event()

    async def __aenter__(self) -> "PushService":
        app = web.Application()
        app.router.add_post("/push/{name}", self._take)
        self._server = TestServer(app, host=PUBLIC)
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        await self._server.close()

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"http://{PUBLIC}:{self._server.port}"

    def subscription(self, name: str = "") -> dict[str, str]:
        """What a browser gives that this service reaches under a name."""
        name = name or f"browser-{next(_NUMBERS)}"
        key = self._keys.setdefault(name, ec.generate_private_key(ec.SECP256R1()))
        public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"{self.address}/push/{name}", "p256dh": text_of(public), "auth": text_of(AUTH_SECRET)}

    async def arrived(self) -> Arrived:
        """The next push."""
        return await self._arrived.get()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        body = await request.read()
        answer = await self.answer(request)
        if answer.status == 201:
            self._keep(request, body)
            if len(self.all) > self.holds_after:
                await self.released.wait()
        return answer

    def _keep(self, request: web.Request, body: bytes) -> None:
        name = request.match_info["name"]
        token = request.headers["Authorization"]
        assert Vapid02.verify(token)
        assert claims_of(token)["aud"] == self.address
        plain = http_ece.decrypt(body, private_key=self._keys[name], auth_secret=AUTH_SECRET)
        arrived = Arrived(name, json.loads(plain), dict(request.headers))
        self.all.append(arrived)
        self._arrived.put_nowait(arrived)


async def _created(_: web.Request) -> web.StreamResponse:
    return web.Response(status=201)


def answers(status: int, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def text_of(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def claims_of(authorization: str) -> dict[str, Any]:
    """Of `vapid t=<token>,k=<key>`."""
    claims = authorization.removeprefix("vapid t=").split(".")[1]
    return dict(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4))))


async def switch_on(browser: Browser, subscription: dict[str, str]) -> None:
    await Requests(browser).ask("POST", "/api/notices/browser", subscription)
