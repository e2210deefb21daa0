"""A TCP proxy whose network can be cut, as a tunnel or a closed lid cuts it: nothing answers, nothing says so."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def kept_on_the_way() -> int:
    """How many bytes the sockets of a connection may take that nobody reads: the kernel lets them grow so far."""
    limits = (Path("/proc/sys/net/ipv4") / name for name in ("tcp_rmem", "tcp_wmem"))
    return sum(int(path.read_text().split()[2]) for path in limits)


class Proxy:
    """Passes bytes between a free port and a server's port or Unix socket, unless the network is cut."""

    def __init__(self, server: int | Path) -> None:
        self._server = server
        self._open = asyncio.Event()
        self._open.set()
        self._half_open = False
        self._links: set[_Link] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()
        links = [*self._links]
        for link in links:
            link.drop()
        await asyncio.gather(*(task for link in links for task in link.tasks), return_exceptions=True)

    def cut(self) -> None:
        """From now on no byte passes; connections hang, old and new."""
        self._open.clear()

    def cut_half(self) -> None:
        """From now on what the server says vanishes, while what is sent to it arrives; new connections hang.

        The connections of now, and those tried before the network is mended, stay open and silent for ever: so does a
        router that has forgotten them.
        """
        self._half_open = True
        self._open.clear()
        for link in self._links:
            link.is_deaf = True

    def mend(self) -> None:
        """The network is back; connections of before are not. The server has noticed that, the client may not have."""
        for link in [*self._links]:
            link.drop(far_end_only=self._half_open)
        self._half_open = False
        self._open.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(self._open, (reader, writer), is_deaf=self._half_open)
        self._links.add(link)
        await self._open.wait()
        if not link.is_deaf and not writer.is_closing():
            link.join(await self._connect())

    async def _connect(self) -> Stream:
        if isinstance(self._server, Path):
            return await asyncio.open_unix_connection(self._server)
        return await asyncio.open_connection("127.0.0.1", self._server)


class _Link:
    """One connection through the proxy."""

    def __init__(self, is_open: asyncio.Event, near: Stream, *, is_deaf: bool) -> None:
        self._is_open = is_open
        self._near, self._far = near, None
        self.is_deaf = is_deaf
        self.tasks: list[asyncio.Task[None]] = []

    def join(self, far: Stream) -> None:
        self._far = far
        for source, target, is_answer in ((self._near[0], far[1], False), (far[0], self._near[1], True)):
            self.tasks.append(asyncio.create_task(self._pass(source, target, is_answer)))

    def drop(self, *, far_end_only: bool = False) -> None:
        if self._far is not None:
            self._far[1].transport.abort()
        for task in self.tasks:
            task.cancel()
        if not far_end_only:
            self._near[1].transport.abort()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, is_answer: bool) -> None:
        try:
            while chunk := await source.read(65536):
                if not self.is_deaf:
                    await self._is_open.wait()
                if not (self.is_deaf and is_answer):
                    target.write(chunk)
                    await target.drain()
        except ConnectionError:
            pass
        if not self.is_deaf:
            target.close()
