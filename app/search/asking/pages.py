"""A page of what was asked for: candidates from the index, judged, until the page is full or the time is over."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from app.base.errors import SearchTooSlow
from app.search.asking.windows import Windows
from app.search.index.statements import DISORDER, Candidate

TURN_S = 0.005  # of the event loop


class Found(NamedTuple):
    """The hits of one page.

    `below`: the number that the next page goes on below; None where there is none. `until`: where the time was over
    before the page was full, the time that was searched back to.
    """

    hits: list[Candidate]
    below: int | None
    until: datetime | None


async def page(windows: Windows, accepts: Callable[[Candidate], bool], since: datetime, most: int) -> Found:
    """The next `most` hits, the newest first, of those that are not older than `since`.

    Raises:
        SearchTooSlow: the database ended the first of the statements.
    """
    hits: list[Candidate] = []
    start, is_done = windows.below, windows.is_done
    while not is_done and len(hits) <= most and not (windows.is_late and windows.below < start):
        try:
            rows = await windows.read()
        except SearchTooSlow:
            if windows.below == start:
                raise
            break
        hits += [row async for row in _accepted(rows, accepts)]
        is_done = windows.is_done or bool(rows and rows[-1].time + DISORDER < since)
    if len(hits) > most:
        return Found(hits[:most], hits[most - 1].number, None)
    return Found(hits, None, None) if is_done else Found(hits, windows.below, await windows.reached())


async def _accepted(rows: Iterable[Candidate], accepts: Callable[[Candidate], bool]) -> AsyncIterator[Candidate]:
    """The rows that are accepted. Others get their turn in between."""
    turn_ends = time.monotonic() + TURN_S
    for row in rows:
        if accepts(row):
            yield row
        if time.monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = time.monotonic() + TURN_S
