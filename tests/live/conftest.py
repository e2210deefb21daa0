"""Real sockets for the live package: a client's transport and what its other side reads."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from aiohttp import WSMessage

from app.live import fanout
from app.live.client import Client
from app.live.frames import FrameRate
from app.live.websocket import WebSocket

MAX_MESSAGE_BYTES = 16 * 1024


@dataclass
class Reader:
    """The other side of a client's connection."""

    stream: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload."""
        first, size = await self.stream.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self.stream.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await self.stream.readexactly(8), "big")
        return first & 15, await self.stream.readexactly(size)

    async def lines(self, count: int) -> list[bytes]:
        """The next `count` events, from as many frames as they come in."""
        lines: list[bytes] = []
        while len(lines) < count:
            lines += (await self.frame())[1].split(b"\n")
        return lines


class Recorder:
    """Handles a socket, and keeps what it receives."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[WSMessage] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.times_blocked = 0

    def on_message(self, message: WSMessage) -> None:
        self.messages.put_nowait(message)

    def on_blocked(self) -> None:
        self.times_blocked += 1

    def on_lost(self) -> None:
        assert not self.gone.is_set()
        self.gone.set()


MakeClient = Callable[..., Awaitable[tuple[Client, Reader]]]


@pytest.fixture(params=["one call for all", "one call for each"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames are written as they are to many, and once more as they are to a few."""
    monkeypatch.setattr(fanout, "FEW", 0 if request.param == "one call for all" else 1_000_000)


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    """Makes a client and the reader of what it is sent; `user_id` and `session_id` may be named."""
    transports: list[asyncio.Transport] = []
    others: list[asyncio.StreamWriter] = []

    rate = FrameRate(per_s=100, burst=1_000)  # of all of them

    async def make(user_id: int = 1, session_id: int = 1) -> tuple[Client, Reader]:
        ours, theirs = socket.socketpair()
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        reader, other = await asyncio.open_connection(sock=theirs, limit=64 * 1024)
        transports.append(transport)
        others.append(other)
        return Client(WebSocket(transport, MAX_MESSAGE_BYTES, rate), user_id, session_id), Reader(reader, other)

    yield make
    for transport in transports:
        transport.abort()
    for other in others:
        other.close()
        with suppress(OSError):  # the other side's abrupt end
            await other.wait_closed()
