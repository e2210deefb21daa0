"""Cancels a task at a place of one's choice: at its n-th suspension, before or just after what it waits for has come.

Running the same thing with n = 0, 1, 2 … until n is no longer reached visits every `await` of it, those of libraries
too, however deep: a coroutine gives each future that it waits for to its task, and here they pass by on their way.
"""

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, Literal

When = Literal["before", "after"]


class CancelledAt:
    """Awaits `work`, whose task is cancelled at suspension `number`.

    `before`: as if what it waits for would never have come. `after`: it has come, an answer or a connection, but the
    task is cancelled before it can take it, which is how things get lost.
    """

    def __init__(self, work: Awaitable[Any], number: int, when: When) -> None:
        self._work, self._number, self._when = work, number, when

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        proceed, given = steps.send, None
        while True:
            try:
                future = proceed(given)
            except StopIteration as done:
                return done.value
            self._suspend(future)
            try:
                proceed, given = steps.send, (yield future)
            except BaseException as error:
                proceed, given = steps.throw, error  # type: ignore[assignment]

    def _suspend(self, future: asyncio.Future[Any] | None) -> None:
        self._number -= 1
        if self._number != -1:
            return
        task = asyncio.current_task()
        assert task is not None
        if self._when == "before" or future is None:
            task.cancel()  # the task cancels what it waits for, as soon as it is set
        else:
            future.add_done_callback(lambda _: task.cancel())  # comes before the task's own, which is added later
