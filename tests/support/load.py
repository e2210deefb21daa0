"""Time limits that Parley promises, on a machine that may do other work meanwhile."""

import time

SAMPLE_S = 0.1
MOST = 10  # on a machine that is busier than that, what takes so long is worth a look


def slowness() -> float:
    """How many times longer than alone work takes here just now, at most `MOST`; 1 when nobody else works."""
    begun, burned = time.monotonic(), time.thread_time()
    while time.thread_time() - burned < SAMPLE_S:
        pass
    return min(MOST, (time.monotonic() - begun) / (time.thread_time() - burned))
