"""How long to rest after work that others must not feel."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

REST, REST_WHEN_BUSY = 0.25, 10.0  # times as long as the work took
LEAST_RESTED_S = 0.01  # says nothing about how busy the process is


class Pace:
    """Measures work, and how busy the process is beside it. Where the machine is busy the work takes longer, too.

    `rest_s` is how long to rest after the last work, in seconds.
    """

    def __init__(self) -> None:
        self.rest_s = 0.0
        self._busy = 0.0
        self._ended, self._spent = time.monotonic(), time.process_time()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Measure the work in the block."""
        began = time.monotonic()
        if (rested := began - self._ended) > LEAST_RESTED_S:
            self._busy = min(1.0, (time.process_time() - self._spent) / rested)
        try:
            yield
        finally:
            self._ended, self._spent = time.monotonic(), time.process_time()
            # By the third power, so that a process that is half busy gives an eighth of the way.
            self.rest_s = (self._ended - began) * (REST + (REST_WHEN_BUSY - REST) * self._busy**3)
