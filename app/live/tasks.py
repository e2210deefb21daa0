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
        except Exception:  # the edge of a background task: nobody else would hear of it
            log.exception("background loop failed name=%s", loop)
        await asyncio.sleep(RESTART_AFTER_S)
