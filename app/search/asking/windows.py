"""Reads candidates from the index, the newest first, a window of segments after the other."""

import time
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.errors import SearchTooSlow
from app.search.asking.queries import began
from app.search.index.statements import SEGMENT, Candidate, Segments, window

FIRST_WIDTH = 8  # segments
MORE = 200  # candidates, once judging has dropped some
_CANCELLED = "57014"  # PostgreSQL's code for a statement that has taken too long


class Asked(NamedTuple):
    """What the index is asked for: by whom, in which segments, below which number."""

    tsquery: str
    user_id: int
    segments: Segments
    before: int


class Windows:
    """The candidates of one search.

    Attributes:
        below: those from this number on have been read.
        is_done: there are no more.
    """

    def __init__(self, conn: AsyncConnection, asked: Asked, limit: int, budget_s: float) -> None:
        self._conn, self._asked, self._ends_at = conn, asked, time.monotonic() + budget_s
        self._hi, self._lo = min(asked.segments.hi, (asked.before - 1) // SEGMENT), asked.segments.lo
        self.below = asked.before
        self._width, self._limit = FIRST_WIDTH, limit
        self._last: Candidate | None = None

    @property
    def is_done(self) -> bool:
        return self._hi < self._lo

    @property
    def is_late(self) -> bool:
        """The time for one page is over."""
        return time.monotonic() > self._ends_at

    async def read(self) -> list[Candidate]:
        """The next candidates; there may be none in these segments, and more in the next.

        Raises:
            SearchTooSlow: the database ended the statement; nothing has changed here.
        """
        low = max(self._hi - self._width + 1, self._lo)
        begun = time.monotonic()
        rows = await self._window(low)
        if len(rows) == self._limit:
            self._last = rows[-1]
            self.below, self._hi, self._limit = self._last.number, (self._last.number - 1) // SEGMENT, MORE
        else:
            self._widen((time.monotonic() - begun) / (self._hi - low + 1))
            self._last = None
            self.below, self._hi = low * SEGMENT, low - 1
        return rows

    async def _window(self, low: int) -> list[Candidate]:
        place = {"hi": self._hi, "lo": low, "before": self.below, "limit": self._limit}
        try:
            return await window(self._conn, tsquery=self._asked.tsquery, user_id=self._asked.user_id, **place)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != _CANCELLED:
                raise
            await self._conn.rollback()
            raise SearchTooSlow() from None

    def _widen(self, s_a_segment: float) -> None:
        """Read twice as many segments next, or as many as there is time for."""
        left_s = self._ends_at - time.monotonic()
        affordable = max(1, int(left_s / max(s_a_segment, 1e-6)))
        self._width = min(2 * self._width, affordable)

    async def reached(self) -> datetime | None:
        """The time that was searched back to."""
        return self._last.time if self._last else await began(self._conn, self._hi + 1)
