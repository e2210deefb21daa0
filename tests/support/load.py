"""Time limits that Parley promises, on a machine that may do other work meanwhile."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# That a test waits for what must come: only what never comes is missed, however busy the machine.
PATIENCE_S = int(os.environ.get("PATIENCE_S", "240"))  # lower, to see a test fail sooner
SAMPLE_S, EVERY_S, SELDOM_S = 0.05, 0.5, 2.0
MOST = 20  # on a machine that is busier than that, what takes so long is worth a look


def slowness() -> float:
    """How many times longer than alone work takes here just now, at most `MOST`; 1 when nobody else works."""
    begun, burned = time.monotonic(), time.thread_time()
    while time.thread_time() - burned < SAMPLE_S:
        pass
    return min(MOST, (time.monotonic() - begun) / (time.thread_time() - burned))


@contextmanager
def watched() -> Iterator[Callable[[], float]]:
    """Look at the machine from time to time; gives what says the largest slowness since.

    What came before a wait says little of the wait: on a busy machine one second is unlike the next. In a long wait one
    looks less often, or the looking would be work.
    """
    samples, is_over = [1.0], threading.Event()

    def watch() -> None:
        pause_s = EVERY_S
        samples.append(slowness())
        while not is_over.wait(pause_s):
            samples.append(slowness())
            pause_s = min(SELDOM_S, 1.5 * pause_s)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield lambda: max(samples)
    finally:
        is_over.set()
        watching.join()


@contextmanager
def within(limit_s: float) -> Iterator[None]:
    """Hold what is done meanwhile to a limit, which is longer on a busy machine."""
    begun = time.monotonic()
    with watched() as slowest:
        yield
        took_s = time.monotonic() - begun
    assert took_s <= limit_s * slowest(), (
        f"{took_s:.1f} s, where {limit_s} s are promised, {slowest():.1f} times slower"
    )
