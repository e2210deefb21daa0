"""Gets what stands behind an address that somebody wrote, without being led to what only this server can reach.

Each host is resolved once, what came is judged, and the connection goes to the addresses that were judged. Redirects
are followed here, so that each of them is judged as well.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from yarl import URL

from app.previews.addresses import is_allowed

FETCH_S = 5.0  # for all of it: names, redirects, the answer
MAX_BYTES = 1024 * 1024
MAX_REDIRECTS = 5
AT_ONCE = 4
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Parley; preview of a link)",
    "Accept": "text/html,application/xhtml+xml,image/*;q=0.8",
    "Accept-Encoding": "identity",  # what is packed could be unpacked without end
}


class NotFetched(Exception):
    """Nothing came of it; the words say why, for the log."""


class Fetched(Struct, frozen=True):
    """What an address gave: at most `MAX_BYTES` of its `body`, and whether that is all of it.

    `url` is where the redirects ended; `type` and `charset` are what its header says, or "".
    """

    url: URL
    type: str
    charset: str
    body: bytes
    is_whole: bool


class _Judged(AbstractResolver):
    """Names to addresses of which each is one that may be connected to."""

    def __init__(self, may_connect: Callable[[str, int], bool]) -> None:
        self._may_connect = may_connect
        # Of its own: a slow name server must not hold up what others do in threads.
        self._threads = ThreadPoolExecutor(AT_ONCE, "names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
        allowed = [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in ((kind, str(sockaddr[0])) for kind, _, _, _, sockaddr in found)
            if self._may_connect(address, port)
        ]
        if not allowed:
            raise OSError("not a public address")
        return allowed

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Fetcher:
    """One a process; a context manager. Only so many addresses are asked at once."""

    def __init__(self, may_connect: Callable[[str, int], bool] = is_allowed) -> None:
        self._may_connect = may_connect
        self._turns = asyncio.Semaphore(AT_ONCE)
        resolver = _Judged(may_connect)
        self._resolver = resolver
        self._session = ClientSession(
            connector=TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True, limit=AT_ONCE),
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=FETCH_S),
            headers=HEADERS,
            auto_decompress=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._resolver.close()

    async def fetch(self, url: str | URL) -> Fetched:
        """What an address gives, in at most `FETCH_S` seconds.

        Raises:
            NotFetched: it gave nothing, or may not be asked.
        """
        async with self._turns:
            try:
                async with asyncio.timeout(FETCH_S):
                    return await self._follow(URL(url))
            except (ClientError, TimeoutError, OSError, ValueError) as error:
                raise NotFetched(type(error).__name__) from error

    async def _follow(self, url: URL) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            self._judge(url)
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status not in REDIRECTS:
                    return await _read(response)
                url = url.join(URL(response.headers.get("Location", "")))
        raise NotFetched("too many redirects")

    def _judge(self, url: URL) -> None:
        """Refuse what cannot be asked; a host that is an address itself never comes to the resolver."""
        if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
            raise NotFetched("no address of the web")
        if _is_number(url.host) and not self._may_connect(str(ip_address(url.host)), url.port or 0):
            raise NotFetched("not a public address")


def _is_number(host: str) -> bool:
    """Whether a host is an address itself, in any form that the operating system reads as one."""
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return False
    return True


async def _read(response: ClientResponse) -> Fetched:
    if response.status != 200:
        raise NotFetched(f"status {response.status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotFetched("packed")
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MAX_BYTES:
            break
    is_whole = len(body) <= MAX_BYTES
    return Fetched(response.url, response.content_type, response.charset or "", bytes(body[:MAX_BYTES]), is_whole)
