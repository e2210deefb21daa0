"""Endless loops beside the app, with an owner."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

RESTART_AFTER_S = 1.0


@asynccontextmanager
async def running(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run endless loops while the block lasts; one that fails is logged and begun again after a second."""
    tasks = [asyncio.create_task(_for_ever(loop)) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except asyncio.CancelledError as error:
            if _is_ending():
                raise
            # Nobody cancelled us: a library let a cancellation of its own escape. Without its loops the process would
            # take posts and write none.
            log.error("background loop was cancelled from within name=%s", loop, exc_info=error)
        except Exception:  # the edge of a background task: nobody else would see it
            log.exception("background loop failed name=%s", loop)
        await asyncio.sleep(RESTART_AFTER_S)


def _is_ending() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
