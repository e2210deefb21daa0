"""What the app does by itself beside what it is asked for, at moments of its own."""

import asyncio

from app.live import tasks
from app.live.bus.bus import Bus

LOOPS = (tasks._for_ever.__code__, Bus._watch.__code__)


def is_in_loop() -> bool:
    """Whether one of the app's endless loops is at work: a slow test has more of that than a quick one."""
    task = asyncio.current_task()
    coroutine = task.get_coro() if task is not None else None
    return getattr(coroutine, "cr_code", None) in LOOPS
