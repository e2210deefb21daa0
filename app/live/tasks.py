"""Endless loops beside the app, with an owner."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

log = logging.getLogger(__name__)

RESTART_AFTER_S = 1.0
CANCEL_AGAIN_S = 2.0


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
        # Again, until all have ended: a transaction whose connection the server has closed meanwhile ends a cancelled
        # block with an error of its own, after which a loop that outlasts the database would go on.
        left = set(self._tasks)
        while left:
            for task in left:
                task.cancel()
            _ended, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_S)


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
