"""One serving process as its supervisor has it: started, seen to serve, ended."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence

from app.process.processes import dies_with_us

STOP_S = 6  # a little more than a worker takes


class Worker:
    """Made by `started`. `serving` is set once it has said that it serves."""

    def __init__(self, process: Process, on_serving: Callable[[], None]) -> None:
        self._process, self._on_serving = process, on_serving
        self._begun = time.monotonic()
        self.serving = asyncio.Event()
        self._life = asyncio.create_task(self._live())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """With what it has ended; None while it lives."""
        return self._process.returncode

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._begun

    async def ended(self) -> None:
        """Wait until it has ended, however."""
        await asyncio.shield(self._life)

    async def comes_to_serve(self, within_s: float) -> bool:
        """Whether it serves before so many seconds are over; returns as soon as that is known."""
        serving = asyncio.create_task(self.serving.wait())
        try:
            await asyncio.wait([serving, self._life], timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            serving.cancel()
        return self.serving.is_set() and self.code is None

    async def end(self) -> None:
        """End it in order, or after `STOP_S` at once; returns when it is gone."""
        for last_word, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, None)):
            if self.code is None:
                self._process.send_signal(last_word)
            done, _ = await asyncio.wait([self._life], timeout=patience_s)
            if done:
                return

    async def _live(self) -> None:
        """Its only words on stdout are the line that it serves."""
        assert self._process.stdout is not None  # noqa: S101 (asked for in `started`)
        async for _ in self._process.stdout:
            self.serving.set()
            self._on_serving()
        await self._process.wait()


async def started(environment: Mapping[str, str], options: Sequence[str], on_serving: Callable[[], None]) -> Worker:
    """A worker of the code that is on the disk now; `on_serving` is called when it says that it serves.

    An older supervisor starts it with its own options, so these stay as they are.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "worker", *options),
        env=environment,
        stdin=DEVNULL,
        stdout=PIPE,
        start_new_session=True,  # a Ctrl-C reaches the supervisor alone, and each worker gets one signal
        preexec_fn=dies_with_us(signal.SIGTERM),
    )
    return Worker(process, on_serving)
