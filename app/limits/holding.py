"""Whoever is refused again and again gets each refusal late: so asking on costs us next to nothing.

A refusal costs as much as a small answer. Who asks thirty at once, and again as soon as they are refused, could have
all our time with refusals alone.
"""

import asyncio

from app.limits.rate import Rate

REFUSALS_PER_S, REFUSALS_BURST = 1, 20  # of a person, or of a network of strangers, that are sent at once
HOLD_S = 5.0
MOST_HELD = 3_000  # of all; each keeps its connection, and a few KiB


class Holding:
    """Holds back refusals, by who is refused."""

    def __init__(self) -> None:
        self._refusals = Rate(REFUSALS_PER_S, REFUSALS_BURST)
        self._held = 0

    async def hold(self, key: str) -> None:
        """Return when a refusal may be sent: at once, or, where there are many, after `HOLD_S`."""
        if not self._refusals.spend(key) or self._held >= MOST_HELD:
            return
        self._held += 1
        try:
            await asyncio.sleep(HOLD_S)
        finally:
            self._held -= 1
