"""Several serving processes on one port: started, restarted when they die, reloaded, stopped in order.

The kernel spreads the connections (SO_REUSEPORT), so a worker and its successor listen at the same time. Settings,
secrets among them, go to the workers by environment: everybody can read a command line.
"""

import asyncio
import logging
import os
import random
from collections.abc import Callable, Mapping, Sequence

from app.base.log_fields import fields
from app.process.worker import Worker, started

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30
LONG_LIFE_S = 30  # after a life as long as this, the next pause is the first again
SUCCESSOR_S = 60  # a successor that does not serve by then is given up
SUCCESSOR = "--successor"

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps `count` workers alive, each started with `environment` on top of ours, and with `options`."""

    def __init__(
        self,
        count: int,
        environment: Mapping[str, str],
        ready: Callable[[], None],
        options: Sequence[str] = (),
        successor_s: float = SUCCESSOR_S,
    ) -> None:
        self._count, self._options, self._successor_s = count, options, successor_s
        self._environment = {**os.environ, **environment}
        self._ready = ready
        self._workers: set[Worker] = set()  # all that live, those among them that come or go
        self._current: dict[int, Worker] = {}
        self._changing = asyncio.Lock()  # while it is decided who is `_current`
        self._failures = 0
        self._serving, self._none_starts = asyncio.Event(), asyncio.Event()

    async def run(self, stop: asyncio.Event, reload: asyncio.Event) -> bool:
        """Serve until `stop` is set; calls `ready` once, when the first worker accepts connections.

        Whenever `reload` is set, every worker is replaced, see `_reload`. Returns False when every worker died before
        it could serve.
        """
        lasting = [asyncio.create_task(self._keep(number)) for number in range(1, self._count + 1)]
        lasting.append(asyncio.create_task(self._reload_for_ever(reload)))
        endings = [asyncio.create_task(event.wait()) for event in (stop, self._none_starts)]
        try:
            done, _ = await asyncio.wait([*lasting, *endings], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what went wrong
        finally:
            for task in (*lasting, *endings):
                task.cancel()
            await asyncio.gather(*lasting, *endings, return_exceptions=True)
            await asyncio.gather(*(worker.end() for worker in self._workers))
        return not self._none_starts.is_set()

    async def _keep(self, number: int) -> None:
        """Start a worker, and another whenever it dies, after a pause that doubles while they die young."""
        pause_s = FIRST_PAUSE_S
        worker = await self._next(number, None)
        while True:
            await worker.ended()
            if self._current[number] is worker:
                if worker.age_s > LONG_LIFE_S:
                    pause_s = FIRST_PAUSE_S
                self._has_died(number, worker, pause_s)
                await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 (spreads restarts, protects nothing)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            worker = await self._next(number, worker)

    async def _next(self, number: int, last: Worker | None) -> Worker:
        """Who comes after `last`: its successor, where a reload has put one in its place, or else a new worker."""
        async with self._changing:
            if self._current.get(number) is last:
                self._current[number] = await self._start()
            return self._current[number]

    async def _start(self, *more: str) -> Worker:
        worker = await started(self._environment, (*self._options, *more), self._on_serving)
        self._workers = {worker, *(each for each in self._workers if each.code is None)}
        return worker

    def _on_serving(self) -> None:
        if not self._serving.is_set():
            self._serving.set()
            self._ready()

    def _has_died(self, number: int, worker: Worker, pause_s: float) -> None:
        log.error("a worker died", extra=fields(worker=number, pid=worker.pid, code=worker.code, restart_in_s=pause_s))
        self._failures += not worker.serving.is_set()
        if not self._serving.is_set() and self._failures >= self._count:
            self._none_starts.set()

    async def _reload_for_ever(self, wish: asyncio.Event) -> None:
        """Reload whenever it is wished; endless. However often it is wished meanwhile, one more follows."""
        while True:
            await wish.wait()
            await self._serving.wait()
            wish.clear()
            await self._reload()

    async def _reload(self) -> None:
        """Put a successor in the place of each worker, one after the other, until one of them does not come to serve.

        A successor is a new interpreter, with the code that is on the disk now. A worker is stopped when its successor
        serves, and the next one is begun when it is gone. So no more than one process more is there at any time.
        """
        log.info("reloading", extra=fields(workers=self._count))
        for number in range(1, self._count + 1):
            if not await self._succeed(number):
                return
        log.info("reloaded", extra=fields(workers=self._count))

    async def _succeed(self, number: int) -> bool:
        """Replace one worker; False when its successor does not come to serve, and nothing was changed."""
        successor = await self._start(SUCCESSOR)
        if not await successor.comes_to_serve(self._successor_s):
            await successor.end()
            log.error(
                "the reload has ended: a successor did not come to serve, and those before it serve on",
                extra=fields(worker=number, pid=successor.pid, code=successor.code, replaced=number - 1),
            )
            return False
        async with self._changing:
            old, self._current[number] = self._current[number], successor
        log.info("a successor serves", extra=fields(worker=number, pid=successor.pid, instead_of=old.pid))
        await old.end()
        return True
