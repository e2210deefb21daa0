"""Judges where a connection goes: names are resolved once, and it goes to the addresses that were judged."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any, Self

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

MayConnect = Callable[[str, int], bool]


class Judged(AbstractResolver):
    """Names to addresses of which each is one that may be connected to."""

    def __init__(self, may_connect: MayConnect, at_once: int) -> None:
        self._may_connect = may_connect
        # Of its own: a slow name server must not hold up what others do in threads.
        self._threads = ThreadPoolExecutor(at_once, "names")

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


class Outward:
    """A session of requests to addresses that somebody else named; a context manager.

    `at_once`: names that are resolved. `limit`: connections, 0 for any number. `options`: those of aiohttp's session.
    """

    def __init__(self, may_connect: MayConnect, at_once: int, *, limit: int, **options: Any) -> None:
        self._may_connect = may_connect
        self._resolver = Judged(may_connect, at_once)
        connector = TCPConnector(resolver=self._resolver, use_dns_cache=False, force_close=True, limit=limit)
        self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), **options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._resolver.close()


def is_refused(url: URL, may_connect: MayConnect) -> bool:
    """Whether the host of a URL is an address itself, so that no resolver judges it, and may not be connected to."""
    host = url.host or ""
    return _is_number(host) and not may_connect(str(ip_address(host)), url.port or 0)


def _is_number(host: str) -> bool:
    """Whether a host is an address itself, in any form that the operating system reads as one."""
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return False
    return True
