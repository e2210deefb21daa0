"""A process as a run has it: it is waited for without a thread. Most are forked (see `tests.support.warm`)."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence

from tests.support.processes import Started
from tests.support.warm.process import warm
from tests.support.warm.server import MESSAGE_BYTES


class Process:
    """One that was started, held by a descriptor (pidfd)."""

    def __init__(self, process: Started, descriptor: int) -> None:
        self._process, self._descriptor = process, descriptor

    @property
    def code(self) -> int | None:
        """With what it has ended, once that was waited for."""
        return self._process.returncode

    async def first_words(self) -> bytes:
        """What it writes first to its output, which nobody reads afterwards; empty when it ends without a word."""
        assert self._process.stdout is not None
        with self._process.stdout as output:
            await _until_readable(output.fileno())
            return os.read(output.fileno(), MESSAGE_BYTES)

    async def lines(self) -> AsyncIterator[bytes]:
        """What it writes to its output, until that is closed."""
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, self._process.stdout)
        try:
            async for line in reader:
                yield line
        finally:
            transport.close()

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def until_ended(self) -> None:
        if self._process.returncode is None:
            await _until_readable(self._descriptor)
            self._process.wait()


class Forked(Process):
    """`python -m` with these words, whose errors go to that file; its input is `given`."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], errors: int, given: int | None = None
    ) -> None:
        process = warm().start(words, environment, errors, given=given)
        super().__init__(process, process.descriptor)


class Ordered(Forked):
    """One that takes orders on its input."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], errors: int) -> None:
        self._orders: int | None
        given, self._orders = os.pipe()
        try:
            super().__init__(words, environment, errors, given)
        finally:
            os.close(given)

    def order(self, line: bytes) -> None:
        assert self._orders is not None
        os.write(self._orders, line)

    def close(self) -> None:
        """Have no more orders."""
        if self._orders is not None:
            os.close(self._orders)
            self._orders = None


async def _until_readable(descriptor: int) -> None:
    loop, is_readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(descriptor)
