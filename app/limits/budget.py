"""What a process does for everybody who asks: each has a little of their own, and what goes beyond that is one budget.

One alone may so ask for much, as its kind allows. Where many do, all together they get no more than one budget, and
there is time left for whoever asks as people do.
"""

from dataclasses import dataclass
from typing import Final

from app.limits.rate import Rate


@dataclass(frozen=True, slots=True)
class Share:
    """Requests a second in the long run, and at once: of one, and beyond that of all together."""

    own_per_s: float
    own_burst: int
    common_per_s: float
    common_burst: int


PEOPLE: Final = Share(2, 30, 30, 300)
STRANGERS: Final = Share(0.5, 10, 20, 300)
_ALL = "all"


class Budget:
    """Counts requests by who sends them, in this process alone; `times` as much as `share` says."""

    def __init__(self, share: Share, times: float) -> None:
        self._own = Rate(share.own_per_s * times, share.own_burst * times)
        self._common = Rate(share.common_per_s * times, share.common_burst * times)

    def spend(self, key: str) -> float:
        """Count one. Where that is too much, count nothing, and return the seconds until it may not be; else 0."""
        return self._own.spend(key) and self._common.spend(_ALL)
