"""Endless loops beside the app, with an owner."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

log = logging.getLogger(__name__)

RESTART_AFTER_S = 1.0


def running(*loops: Callable[[], Awaitable[None]]) -> AbstractAsyncContextManager[None]:
    """Run endless loops while the block lasts; one that fails is logged and begun again after a second."""
    return _Running(loops)


class _Running(AbstractAsyncContextManager[None]):
    """No generator: asyncio ends those that are left at once, and one inside another would complain then."""

    def __init__(self, loops: tuple[Callable[[], Awaitable[None]], ...]) -> None:
        self._loops = loops
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.create_task(_for_ever(loop)) for loop in self._loops]

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


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
