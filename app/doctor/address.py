"""Whether people reach us by our address, through all proxies: a page, a socket, and a silence on it.

The other end is in views.py. It answers whoever has `SECRET_KEY`, by a token of the present minute.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator

import msgspec
from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)

from app.base.config import Config
from app.base.secrets import derived_key
from app.doctor.finding import Finding, look, mend, ok

ANSWER_S = 10.0
SILENT_S = 10.0  # a process pings after 8.5 s at the most, so a proxy has to bear so much
PATH = "/doctor"
_FORWARD = "Let the proxy forward WebSockets: HTTP/1.1, Upgrade and Connection (docs/DEPLOY.md)."


class Seen(msgspec.Struct):
    """What a process makes of the request that came to it."""

    origin: str
    is_own: bool
    address: str


def token(config: Config, minutes_ago: int = 0) -> str:
    """What only who has the key can make, good for a minute or two."""
    minute = str(int(time.time()) // 60 - minutes_ago).encode()
    return hmac.new(derived_key(config, "doctor"), minute, hashlib.sha256).hexdigest()


def is_token(config: Config, given: str) -> bool:
    """Whether this is the token of the present minute, or of the one before."""
    theirs = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(token(config, ago).encode(), theirs) for ago in (0, 1))


async def findings(config: Config, address: str) -> AsyncIterator[Finding]:
    """What is so of `address`; the first only, where nobody answers there."""
    async with ClientSession(timeout=ClientTimeout(total=ANSWER_S + SILENT_S)) as session:
        page = await _page(session, address)
        yield page
        if page.word == "mend":
            return
        try:
            async with session.ws_connect(
                f"{address}{PATH}", params={"token": token(config)}, origin=address, autoping=True
            ) as ws:
                async for finding in _on_socket(ws, address):
                    yield finding
        except WSServerHandshakeError as error:
            yield _no_socket(error.status)
        except (ClientError, OSError, TimeoutError) as error:
            yield mend("socket", f"It cannot be opened: {error}.", _FORWARD)


async def _page(session: ClientSession, address: str) -> Finding:
    how = f"Start Parley, or set PUBLIC_URL to the address that people type, and have it lead here. Tried: {address}"
    try:
        async with session.get(f"{address}/healthz") as answer:
            if answer.status == 200 and "json" in answer.content_type:
                return ok("address", f"{address} answers.")
            return mend("address", f"{address} answers {answer.status}, and is not Parley.", how)
    except (ClientError, OSError, TimeoutError) as error:
        return mend("address", f"Nobody answers at {address}: {error or type(error).__name__}.", how)


async def _on_socket(ws: ClientWebSocketResponse, address: str) -> AsyncIterator[Finding]:
    first = await ws.receive(ANSWER_S)
    if first.type is not WSMsgType.TEXT:
        yield mend(
            "socket", "It is closed as soon as it is open.", "Let the proxy forward WebSockets (docs/DEPLOY.md)."
        )
        return
    seen = msgspec.json.decode(first.data, type=Seen)
    if not seen.is_own:
        how = f"Set PUBLIC_URL={address}; or let the proxy pass Host and X-Forwarded-Proto on, and set PROXY_HOPS."
        yield mend("origin", f"Parley takes itself for {seen.origin}, so no page from {address} gets a socket.", how)
    else:
        yield ok("origin", f"Pages from {address} get a socket; this machine is seen as {seen.address}.")
    async with asyncio.timeout(ANSWER_S + SILENT_S):
        last = await ws.receive()
    if last.type is WSMsgType.TEXT:
        yield ok("silence", f"A socket on which nothing passes for {SILENT_S:g} s stays open.")
    else:
        how = "Raise the proxy's timeout for idle connections, to 60 s or more."
        yield look("silence", f"A socket on which nothing passes is cut within {SILENT_S:g} s.", how)


def _no_socket(status: int) -> Finding:
    if status == 404:
        how = "Run this with the settings of the Parley that serves there."
        return look("socket", "Parley there has another SECRET_KEY, or is older than this code.", how)
    return mend("socket", f"The handshake is answered {status}: the proxy drops what makes it one.", _FORWARD)
