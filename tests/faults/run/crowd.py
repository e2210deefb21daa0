"""All processes of clients, forked here, and given orders."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.faults.client.plan import Plan
from tests.faults.run.warm import Ordered

END_S = 120


class Crowd:
    """See the module. What the processes report arrives a tenth of a second late."""

    def __init__(self, processes: list[Ordered], size: int) -> None:
        self.size = size  # in clients
        self._processes = processes
        nothing = dict.fromkeys(("obeyed", "acked", "waiting", "coming", "seen"), 0)
        self._reports = [nothing for _ in processes]
        self._lines = [0 for _ in processes]
        self._ordered = 0
        self._news = asyncio.Condition()
        self._ended: set[int] = set()

    @property
    def acked(self) -> int:
        return sum(report["acked"] for report in self._reports)

    @property
    def waiting(self) -> int:
        return sum(report["waiting"] for report in self._reports)

    @property
    def coming(self) -> int:
        return sum(report["coming"] for report in self._reports)

    @property
    def steps(self) -> int:
        """What grows while anything is acknowledged or seen."""
        return self.acked + sum(report["seen"] for report in self._reports)

    async def order(self, **order: Any) -> None:
        """Give every process an order; returns when all have obeyed."""
        self._ordered += 1
        for process in self._processes:
            process.order(json.dumps(order).encode() + b"\n")
        if "until" not in order:  # they may leave before they report
            await self.until(lambda: all(report["obeyed"] >= self._ordered for report in self._reports))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of what was reported."""
        async with self._news:
            await self._news.wait_for(lambda: holds() or bool(self._ended))
        assert holds(), "a process of clients ended"

    async def until_fresh(self) -> None:
        """Wait for reports of now: the one that is on its way is old, and the one behind it may be."""
        before = [*self._lines]
        await self.until(lambda: all(now >= then + 2 for now, then in zip(self._lines, before, strict=True)))

    async def until_acked(self, count: int) -> None:
        await self.until(lambda: self.acked >= count)

    async def has_seen(self, lasts: Mapping[int, tuple[int, int]], patience_s: float) -> bool:
        """Let everybody see every room up to that seq and rev, and leave.

        Returns False when somebody has not, and for `patience_s` nobody has seen anything more.
        """
        await self.order(until=lasts)
        try:
            async with self.while_it_moves(patience_s), self._news:
                await self._news.wait_for(lambda: len(self._ended) == len(self._processes))
        except TimeoutError:
            return False
        return True

    @asynccontextmanager
    async def while_it_moves(self, patience_s: float) -> AsyncIterator[None]:
        """What is done here may take as long as it likes, but no longer than that without a step.

        Raises:
            TimeoutError: nothing moves.
        """
        async with asyncio.timeout(patience_s) as limit:
            extending = asyncio.create_task(self._extend(limit, patience_s))
            try:
                yield
            finally:
                extending.cancel()

    async def _extend(self, limit: asyncio.Timeout, patience_s: float) -> None:
        """Begin to wait anew with each step; endless."""
        while True:
            before = self.steps
            async with self._news:
                await self._news.wait_for(lambda before=before: self.steps > before)
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time() + patience_s)

    async def leave(self) -> None:
        """End every process; what it has to write is written then."""
        for process in self._processes:
            process.close()
        async with asyncio.timeout(END_S):
            await asyncio.gather(*(process.until_ended() for process in self._processes))
        codes = [process.code for process in self._processes]
        assert not any(codes), f"processes of clients failed: {codes}"

    async def listen(self, number: int) -> None:
        """Hear one process until it ends."""
        async for line in self._processes[number].lines():
            async with self._news:
                self._reports[number] = json.loads(line)
                self._lines[number] += 1
                self._news.notify_all()
        async with self._news:
            self._ended.add(number)
            self._news.notify_all()


@asynccontextmanager
async def crowd(plans: list[Plan]) -> AsyncIterator[Crowd]:
    """The processes of these plans, dead at the end."""
    processes: list[Ordered] = []
    for plan in plans:
        plan.save()
        words = ("tests.faults.client.clients", str(plan.path))
        processes.append(Ordered(words, os.environ, 2))
    made = Crowd(processes, sum(len(plan.people) for plan in plans))
    async with asyncio.TaskGroup() as listeners:
        for number in range(len(processes)):
            listeners.create_task(made.listen(number))
        try:
            yield made
        finally:
            for process in processes:
                process.close()
                process.send_signal(signal.SIGKILL)
                await process.until_ended()
