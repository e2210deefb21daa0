"""A process that was forked (see `tests.support.warm`), as a run has it: it is waited for without a thread."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence

from tests.support.warm.process import Process, warm
from tests.support.warm.server import MESSAGE_BYTES


class Forked:
    """`python -m` with these words, whose errors go to that file."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], errors: int) -> None:
        self._process: Process = warm().start(words, environment, errors)

    async def first_words(self) -> bytes:
        """What it writes first to its output, which nobody reads afterwards; empty when it ends without a word."""
        with self._process.stdout as output:
            await _until_readable(output.fileno())
            return os.read(output.fileno(), MESSAGE_BYTES)

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def until_ended(self) -> None:
        if self._process.returncode is None:
            await _until_readable(self._process.descriptor)
            self._process.wait()


async def _until_readable(descriptor: int) -> None:
    loop, is_readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(descriptor)
