"""What the faults happen to: a PostgreSQL of its own, several Parleys on one port, Redis where it is the bus.

Each Parley is `python -m app worker`, as the supervisor starts it, but started here: the nemesis replaces the dead at
once, where the supervisor makes those wait that die young. What it imports has been imported before (see `warm`).
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

from app.db import migrate
from app.db.embedded import embedded
from app.db.embedded.embedded import Embedded
from tests.faults.run.release import Anew, unpacked
from tests.faults.run.warm import Forked, Process
from tests.support.load import within
from tests.support.processes import crash_postgres, environment_with, free_port
from tests.support.redis_server import RedisServer, redis_server

PROGRAM = ("app", "worker")
START_S = 120
STOP_S, END_S = 10, 120
LOOK_S = 0.02
SETTINGS = {
    "SECRET_KEY": "a secret of tests, 32 characters or more",
    "HOST": "127.0.0.1",
    "POST_RATE": "1000000",
    "POST_BURST": "1000000",
    "REQUEST_FACTOR": "1000000",
    "SOCKETS_PER_USER": "100",
    "LOG_LEVEL": "warning",
}


class Parley:
    """One serving process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def until_serving(self) -> None:
        async with asyncio.timeout(START_S):
            assert await self._process.first_words() == b"serving\n", "it did not start; its .log says why"

    async def end(self, number: signal.Signals) -> None:
        """Send a signal; returns when the process is gone.

        Raises:
            TimeoutError: it is not gone, long after it should be.
        """
        self._process.send_signal(number)
        async with asyncio.timeout(END_S):
            if number is signal.SIGKILL:
                await self._process.until_ended()
            else:
                with within(STOP_S):
                    await self._process.until_ended()


class World:
    """See the module. `parleys` are those that serve just now; who starts runs `code`, or what is here."""

    def __init__(
        self,
        folder: Path,
        database: Embedded,
        redis: RedisServer | None,
        program: tuple[str, ...],
        settings: Mapping[str, str],
        code: Path | None = None,
    ) -> None:
        self.folder = folder
        self.code = code
        self.database = database
        self.redis = redis
        self.engine = sync_engine(database.url)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.parleys: list[Parley] = []
        self._program = program
        self._settings = {**SETTINGS, **settings, "DATABASE_URL": database.url, "PORT": str(self.port)}
        if redis is not None:
            self._settings["REDIS_URL"] = redis.url
        self._started = 0

    async def start(self) -> Parley:
        """Start one more Parley; returns when it serves."""
        self._started += 1
        with (self.folder / f"parley-{self._started}.log").open("wb") as log:
            process = self._process(environment_with(**self._settings), log.fileno())
        parley = Parley(process)
        self.parleys.append(parley)
        await parley.until_serving()
        return parley

    def _process(self, environment: Mapping[str, str], errors: int) -> Process:
        if self.code is None:
            return Forked(self._program, environment, errors)
        return Anew(self._program, environment, errors, self.code)

    async def migrate(self) -> None:
        """Bring the tables to where the code wants them; processes of before serve on."""
        if self.code is None:
            await asyncio.to_thread(migrate.upgrade, self.database.url, lambda _: None)
            return
        words = [sys.executable, "-m", "app", "migrate"]
        environment = environment_with(**self._settings)
        options = {"cwd": self.code, "env": environment, "capture_output": True, "text": True}
        done = await asyncio.to_thread(subprocess.run, words, check=False, **options)
        assert done.returncode == 0, done.stderr

    async def end(self, parley: Parley, number: signal.Signals) -> None:
        """End a Parley with a signal."""
        self.parleys.remove(parley)
        await parley.end(number)

    async def crash_database(self) -> None:
        """End PostgreSQL as a crash does, and start it again; it then replays its log."""
        await asyncio.to_thread(crash_postgres, self.folder / "database")
        self.database.revive()  # from the main thread, see `dies_with_us`
        # Else what is struck next would find nobody: acks of before still come in.
        while not self._answers():  # noqa: ASYNC110 (PostgreSQL has no event for it)
            await asyncio.sleep(LOOK_S)

    def _answers(self) -> bool:
        try:
            self.engine.connect().close()
        except OperationalError:  # it replays its log
            return False
        return True

    def crash_redis(self) -> None:
        """Kill Redis, and start it again."""
        assert self.redis is not None
        self.redis.kill()
        self.redis.start()

    async def stop(self) -> None:
        """End every Parley in order, then whatever is left."""
        endings = [parley.end(signal.SIGTERM) for parley in self.parleys]
        outcomes = await asyncio.gather(*endings, return_exceptions=True)
        for parley, outcome in zip(self.parleys, outcomes, strict=True):
            if outcome is not None:
                await parley.end(signal.SIGKILL)
        self.parleys.clear()


@asynccontextmanager
async def world(
    folder: Path,
    processes: int,
    *,
    program: tuple[str, ...] = PROGRAM,
    durable: bool = True,
    with_redis: bool = False,
    release: str | None = None,
    **settings: str,
) -> AsyncIterator[World]:
    """A world in `folder`, with that many Parleys that serve, of the commit `release` or of now; gone at the end."""
    code = None if release is None else unpacked(release, folder / "release")
    options = {} if durable else embedded.THROW_AWAY
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(folder)) if with_redis else None
        database = stack.enter_context(
            embedded.running(folder / "database", lambda _: None, connections=100, settings=options)
        )
        made = World(folder, database, redis, program, settings, code)
        try:
            await made.migrate()
            await asyncio.gather(*(made.start() for _ in range(processes)))
            yield made
        finally:
            await made.stop()


def sync_engine(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
