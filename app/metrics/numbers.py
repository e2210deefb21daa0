"""The numbers of this process, read from its parts when somebody asks: nothing is counted here."""

import asyncio
from collections import Counter, deque

from aiohttp import web

from app.auth import ACCOUNTS
from app.chat.keys import BUS, HUB, JOURNAL
from app.db.driver.engine import ENGINE
from app.live.client import closes
from app.live.histogram import Histogram
from app.live.refusals import refusals
from app.metrics.catalogue import Numbers

LOOK_S = 0.5
MINUTE = int(60 / LOOK_S)


class Lag:
    """How late the event loop was of late: whatever else was to be done then waited as long."""

    def __init__(self) -> None:
        self._last: deque[float] = deque([0.0], maxlen=MINUTE)

    @property
    def worst_s(self) -> float:
        return max(self._last)

    async def measure_for_ever(self) -> None:
        """Sleep, and see how much longer it took; endless."""
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            await asyncio.sleep(LOOK_S)
            self._last.append(max(0.0, loop.time() - begun - LOOK_S))


def numbers_of(app: web.Application, lag: Lag) -> Numbers:
    """What the process of this app has of each of `METRICS`."""
    hub, bus, journal, pool = app[HUB], app[BUS], app[JOURNAL], app[ENGINE].pool
    outbox_events, outbox_bytes = hub.outboxes()
    found: dict[str, float] = {
        "processes": 1,
        "sockets": sum(hub.clients.counts().values()),
        "rooms": hub.rooms_served,
        "posts": journal.sizes.sum,
        "deliveries": hub.deliveries,
        "outbox_events": outbox_events,
        "outbox_bytes": outbox_bytes,
        "gaps_healed": hub.loader.gaps_healed,
        "bus_open": int(bus.is_open),
        "bus_lag_seconds": bus.lag_s,
        "loop_lag_seconds": lag.worst_s,
        "log_ins_refused": app[ACCOUNTS].log_ins_refused,
    }
    several: Numbers = {
        "batch_posts": _buckets(journal.sizes),
        "commit_seconds": _buckets(journal.commits),
        "closes": {str(int(code)): count for code, count in closes.items()},
        "pool_connections": {"used": pool.checkedout(), "most": pool.size()},  # type: ignore[attr-defined]
        "refusals": _by_code(),
    }
    return {name: {"": value} for name, value in found.items()} | several


def _by_code() -> dict[str, float]:
    codes: Counter[str] = Counter()
    for (code, _), count in refusals.items():
        codes[code] += count
    return dict(codes)


def _buckets(histogram: Histogram) -> dict[str, float]:
    bounds = [*(f"{bound:g}" for bound in histogram.bounds), "+Inf"]
    return {**dict(zip(bounds, histogram.counts, strict=True)), "sum": histogram.sum}
