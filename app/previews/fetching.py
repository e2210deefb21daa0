"""Gets what stands behind an address that somebody wrote, without being led to what only this server can reach.

Redirects are followed here, so that where each of them leads is judged as well.
"""

import asyncio

from aiohttp import ClientError, ClientResponse, ClientTimeout
from msgspec import Struct
from yarl import URL

from app.outward.addresses import is_allowed
from app.outward.judging import MayConnect, Outward, is_refused

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


class Fetcher(Outward):
    """One a process; a context manager. Only so many addresses are asked at once."""

    def __init__(self, may_connect: MayConnect = is_allowed) -> None:
        total = ClientTimeout(total=FETCH_S)
        super().__init__(may_connect, AT_ONCE, limit=AT_ONCE, timeout=total, headers=HEADERS, auto_decompress=False)
        self._turns = asyncio.Semaphore(AT_ONCE)

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
        if is_refused(url, self._may_connect):
            raise NotFetched("not a public address")


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
