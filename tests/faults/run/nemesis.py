"""What goes wrong, one thing after the other, each under load; and that it mends before the next."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import text

from app.chat.messages.append import WRITING
from tests.faults.run.crowd import Crowd
from tests.faults.run.world import Parley, World
from tests.support.load import slowness

FLOWS = 20  # acknowledgements after a fault that show that the system works again
MEND_S = 120
GATHER_S = 2.0  # on a machine that does nothing else
LOOK_S = 0.01
GATHERED = 4  # messages a client
SIDE_BY_SIDE = 1_000  # acknowledgements for each step of an update
LOCK = text("SELECT FROM rooms ORDER BY id FOR UPDATE")
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE application_name = :name AND wait_event_type = 'Lock' AND query ~ :query"
)
OURS = {"name": "", "query": ""}
# Not those that change messages: what is done after a death would be nobody's message.
POSTING = {"name": "parley", "query": f"^EXECUTE ({'|'.join(each.texts.name for each in WRITING)}) "}


class Fault(StrEnum):
    """What goes wrong. "While statements wait": those of every process wait for a room's lock at that moment, so that
    they are undone, or even done, after whoever sent them is gone."""

    KILL = "kill -9 of a process"
    KILL_WAITING = "kill -9 of a process while statements wait"
    BACKENDS = "terminated backends"
    BACKENDS_WAITING = "terminated backends while statements wait"
    CRASH = "immediate restart of PostgreSQL"
    ROLL = "rolling restart"
    REDIS = "kill -9 of Redis"
    UPDATE = "update from another release"


# How many processes are started beforehand, to take the place of those that go; None: as many as there are.
NEWCOMERS = {Fault.KILL: 0, Fault.KILL_WAITING: 1, Fault.ROLL: None}


class Strike(Struct, frozen=True):
    """A fault that happened: from when until when, on the machine's monotonic clock."""

    fault: Fault
    detail: str
    begun: float
    mended: float

    @property
    def mended_s(self) -> float:
        """How long it took until messages were acknowledged again."""
        return self.mended - self.begun


class Nemesis:
    def __init__(self, world: World, crowd: Crowd, chance: random.Random) -> None:
        self._world, self._crowd, self._chance = world, crowd, chance
        self._starting: list[asyncio.Task[Parley]] = []
        self.strikes: list[Strike] = []

    async def strike(self, fault: Fault) -> Strike:
        """Do it; returns when posts are acknowledged again."""
        await self._prepare(fault)
        begun = time.monotonic()
        async with asyncio.timeout(MEND_S):
            detail = await self._do(fault)
            await self._crowd.until_fresh()
            await self._crowd.until_acked(self._crowd.acked + FLOWS)
        strike = Strike(fault, detail, begun, time.monotonic())
        self.strikes.append(strike)
        return strike

    def _replace(self) -> None:
        """Begin to start a process; whoever needs it waits for that with `rest`."""
        self._starting.append(asyncio.create_task(self._world.start()))

    async def rest(self) -> None:
        """Wait until all processes serve that were started."""
        starting, self._starting = self._starting, []
        await asyncio.gather(*starting)

    async def _prepare(self, fault: Fault) -> None:
        """Have the processes that the fault needs."""
        if fault in (Fault.KILL, Fault.KILL_WAITING, Fault.ROLL):
            await self.rest()
            for _ in self._world.parleys[: NEWCOMERS.get(fault)]:
                self._replace()
            await self.rest()

    async def _do(self, fault: Fault) -> str:
        """Do it, and replace what is gone; returns what there is to add."""
        match fault:
            case Fault.KILL:
                await self._world.end(self._chance.choice(self._world.parleys), signal.SIGKILL)
                self._replace()
            case Fault.KILL_WAITING:
                await self._kill_waiting()
            case Fault.BACKENDS:
                return f"{self._terminate_backends(self._chance.choice((0.3, 1)))} backends"
            case Fault.BACKENDS_WAITING:
                async with self._rooms_locked() as until_waiting:
                    await until_waiting(len(self._world.parleys))
                    return f"{self._terminate_backends(1)} backends"
            case Fault.CRASH:
                await self._world.crash_database()
            case Fault.ROLL:
                return f"slowest exit {await self._roll():.1f} s"
            case Fault.REDIS:
                self._world.crash_redis()
            case Fault.UPDATE:
                await self._update()
        return ""

    async def _kill_waiting(self) -> None:
        """Kill a process whose statement waits, and will be done after all: when others, with the same posts, wait too.

        Its clients find another that nobody was connected to, whose first statement has them.
        """
        count = len(self._world.parleys) - 1
        async with self._rooms_locked() as until_waiting:
            await until_waiting(count)
            await self._world.end(self._chance.choice(self._world.parleys[:count]), signal.SIGKILL)
            await until_waiting(count + 1)

    async def _roll(self) -> float:
        """Stop one process after the other as a deployment does, with others serving in their place.

        Returns the seconds that the slowest took to leave.
        """
        longest = 0.0
        for parley in self._world.parleys[: len(self._world.parleys) // 2]:
            begun = time.monotonic()
            await self._world.end(parley, signal.SIGTERM)
            longest = max(longest, time.monotonic() - begun)
        return longest

    async def _update(self) -> None:
        """Bring this code in the place of another release's: it serves on the new tables, then beside ours."""
        old, self._world.code = [*self._world.parleys], None
        await self._world.migrate()
        await self._crowd.until_acked(self._crowd.acked + SIDE_BY_SIDE)
        for _ in old:
            self._replace()
        await self.rest()
        await self._crowd.until_acked(self._crowd.acked + SIDE_BY_SIDE)
        for parley in old:
            await self._world.end(parley, signal.SIGTERM)

    def _terminate_backends(self, share: float) -> int:
        """End about that share of Parley's backends; returns how many."""
        statement = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley' "
            "AND datname = current_database() AND random() <= :share"
        )
        with self._world.engine.connect() as conn:
            return len(conn.execute(statement, {"share": share}).all())

    @asynccontextmanager
    async def _rooms_locked(self) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
        """Hold the rows of all rooms; gives what waits until so many posting statements wait for them.

        They are locked twice in a row: the statements that wait for the first lock have a message or two, and while
        they do, those gather that the statements have which wait for the second.
        """
        patience_s = GATHER_S * slowness()
        with ExitStack() as stack:
            first, second, other = [stack.enter_context(self._world.engine.connect()) for _ in range(3)]
            other = other.execution_options(isolation_level="AUTOCOMMIT")
            first.execute(LOCK)
            await self._in_time(lambda: self._crowd.waiting > GATHERED * self._crowd.size, patience_s)
            locking = asyncio.create_task(asyncio.to_thread(second.execute, LOCK))
            await self._in_time(lambda: other.execute(WAITING, OURS).scalar_one() > 0, patience_s)
            first.rollback()
            await locking
            yield lambda count: self._in_time(lambda: other.execute(WAITING, POSTING).scalar_one() >= count, patience_s)

    async def _in_time(self, holds: Callable[[], bool], patience_s: float) -> None:
        """Wait until something holds, but not for ever: there may be a process that nobody is connected to."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline and not holds():  # noqa: ASYNC110 (PostgreSQL has no event for it)
            await asyncio.sleep(LOOK_S)
