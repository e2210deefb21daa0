"""Several serving processes on one port: started, restarted when they die, stopped in order.

The kernel spreads the connections (SO_REUSEPORT). Settings, secrets among them, go to the workers by environment:
everybody can read a command line.
"""

import asyncio
import logging
import os
import random
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence

from app.base.log_fields import fields
from app.process.processes import dies_with_us

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30
LONG_LIFE_S = 30  # after a life as long as this, the next pause is the first again
STOP_S = 6  # a little more than a worker takes

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps `count` workers alive, each started with `environment` on top of ours, and with `options`."""

    def __init__(
        self, count: int, environment: Mapping[str, str], ready: Callable[[], None], options: Sequence[str] = ()
    ) -> None:
        self._count, self._options = count, options
        self._environment = {**os.environ, **environment}
        self._ready = ready
        self._workers: set[Process] = set()
        self._is_serving = False
        self._failures = 0
        self._none_starts = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set; calls `ready` once, when the first worker accepts connections.

        Returns False when every worker died before it could serve.
        """
        keepers = [asyncio.create_task(self._keep(number)) for number in range(1, self._count + 1)]
        endings = [asyncio.create_task(event.wait()) for event in (stop, self._none_starts)]
        try:
            done, _ = await asyncio.wait([*keepers, *endings], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what went wrong in a keeper
        finally:
            for task in (*keepers, *endings):
                task.cancel()
            await asyncio.gather(*keepers, *endings, return_exceptions=True)
            await self._stop()
        return not self._none_starts.is_set()

    async def _keep(self, number: int) -> None:
        """Start a worker, and another whenever it dies, after a pause that doubles while they die young."""
        pause_s = FIRST_PAUSE_S
        while True:
            begun = time.monotonic()
            worker = await self._live()
            if time.monotonic() - begun > LONG_LIFE_S:
                pause_s = FIRST_PAUSE_S
            extra = fields(worker=number, pid=worker.pid, code=worker.returncode, restart_in_s=pause_s)
            log.error("a worker died", extra=extra)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 (spreads restarts, protects nothing)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _live(self) -> Process:
        """One worker's life. Its only words on stdout are the line that it serves."""
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", "worker", *self._options),
            env=self._environment,
            stdin=DEVNULL,
            stdout=PIPE,
            start_new_session=True,  # a Ctrl-C reaches us alone, and each worker gets one signal
            preexec_fn=dies_with_us(signal.SIGTERM),
        )
        self._workers.add(worker)
        has_served = False
        assert worker.stdout is not None  # noqa: S101 (asked for above)
        async for _ in worker.stdout:
            has_served = True
            if not self._is_serving:
                self._is_serving = True
                self._ready()
        await worker.wait()
        self._workers.discard(worker)
        self._failures += not has_served
        if not self._is_serving and self._failures >= self._count:
            self._none_starts.set()
        return worker

    async def _stop(self) -> None:
        """End every worker: in order, or after `STOP_S` at once."""
        endings = [asyncio.create_task(worker.wait()) for worker in self._workers]
        for last_word, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, None)):
            for worker in self._workers:
                if worker.returncode is None:
                    worker.send_signal(last_word)
            if endings:
                _, pending = await asyncio.wait(endings, timeout=patience_s)
                if not pending:
                    return
