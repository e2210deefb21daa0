"""How long things take, asked again and again."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """Of one question, in milliseconds; `hits` is how many came."""

    p50_ms: float
    p95_ms: float
    hits: int


def times(milliseconds: Sequence[float], hits: int) -> Times:
    if len(milliseconds) == 1:
        return Times(milliseconds[0], milliseconds[0], hits)
    cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
    return Times(statistics.median(milliseconds), cuts[-1], hits)


def timed(ask: Callable[[], int], looks: int, most_s: float) -> Times:
    """Ask once to warm up, then `looks` times, and no longer than `most_s` beyond the first of these."""
    ask()
    found: list[float] = []
    hits, ends = 0, time.monotonic() + most_s
    while len(found) < looks and (not found or time.monotonic() < ends):
        begun = time.perf_counter()
        hits = ask()
        found.append((time.perf_counter() - begun) * 1e3)
    return times(found, hits)
