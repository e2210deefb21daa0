"""A TCP proxy whose network can be cut, as a tunnel or a closed lid cuts it: nothing answers, nothing says so."""

import asyncio
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes between a free port and a server's, unless the network is cut."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()
        self._drop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """From now on no byte passes; connections hang, old and new."""
        self._open.clear()

    def mend(self) -> None:
        """The network is back; connections of before are not."""
        self._drop()
        self._open.set()

    def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._own(writer)
        await self._open.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._own(far_writer)
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pass(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _own(self, writer: asyncio.StreamWriter) -> None:
        self._writers = {each for each in self._writers if not each.is_closing()} | {writer}

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while chunk := await source.read(65536):
                await self._open.wait()
                target.write(chunk)
                await target.drain()
        except ConnectionError:
            pass
        target.close()
