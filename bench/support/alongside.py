"""A thread of its own, while a block lasts."""

import threading
from typing import Self


class Alongside:
    """Runs `_run` in a thread from the beginning of the block; at its end `_over` is set, and the thread awaited."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        raise NotImplementedError
