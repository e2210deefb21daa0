"""A backup of the embedded database every day, made by `python -m app backup` beside those that serve."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.backups import keeping
from app.base.config import DatabaseConfig
from app.base.log_fields import fields
from app.process.processes import dies_with_us

log = logging.getLogger(__name__)

FIRST_S, AGAIN_S, DAY_S = 600.0, 3600.0, 86_400.0  # after a start, after a failure, after one that was made
SHORTEST_S, NICE = 60.0, 10


@asynccontextmanager
async def made_daily(config: DatabaseConfig) -> AsyncIterator[None]:
    """While the block runs, make a backup whenever the last is a day old; of a database of ours alone."""
    if config.database_url is not None or config.backups_kept == 0:
        yield
        return
    task = asyncio.create_task(_make(config))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _make(config: DatabaseConfig) -> None:
    await asyncio.sleep(FIRST_S)
    while True:
        try:
            wait_s = await _look(config)
        except OSError as error:  # a file that went meanwhile, or no process that could be started
            log.error("the daily backup was not made: %s", error)
            wait_s = AGAIN_S
        await asyncio.sleep(max(wait_s, SHORTEST_S))


async def _look(config: DatabaseConfig) -> float:
    """Make a backup if one is due; the seconds until the next look."""
    wait_s = _due_in_s(config)
    if wait_s > 0:
        return wait_s
    return _due_in_s(config) if await _back_up() else AGAIN_S


def _due_in_s(config: DatabaseConfig) -> float:
    last = next(iter(keeping.kept(config, keeping.DAILY)), None)
    return 0.0 if last is None else last.stat().st_mtime + DAY_S - time.time()


async def _back_up() -> bool:
    """Whether it was made; the log has what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "backup"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=dies_with_us(signal.SIGTERM),
    )
    try:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    lines = said.decode("utf-8", "replace").splitlines()
    last = lines[-1] if lines else ""
    if process.returncode != 0:
        log.error("the daily backup was not made: %s", last, extra=fields(code=process.returncode))
        return False
    log.info("the daily backup is made: %s", last)
    return True
