"""How often a value fell between which bounds, as Prometheus counts."""

from bisect import bisect_left
from collections.abc import Sequence


class Histogram:
    """Counts values by the first of the rising `bounds` that is not below them; `sum` is that of all values."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)  # the last one: above all bounds
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value
