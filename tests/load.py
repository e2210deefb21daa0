"""Time limits that Parley promises, on a machine that may do other work meanwhile."""

import time

SAMPLE_S = 0.1


def slowness() -> float:
    """How many times longer than alone on this machine work takes just now; 1 when nobody else works."""
    begun, burned = time.monotonic(), time.thread_time()
    while time.thread_time() - burned < SAMPLE_S:
        pass
    return (time.monotonic() - begun) / (time.thread_time() - burned)
