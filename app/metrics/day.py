"""What a chat did in the last 24 hours, all its processes together, made of the samples that they keep."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.metrics import samples

DAY, SPAN = timedelta(days=1), timedelta(minutes=10)
_COMMITS = "commit_seconds "


@dataclass
class Span:
    """Some minutes of the day, of which `minutes` have a sample; `counts` by what was counted, as samples name it."""

    begin: datetime
    minutes: int = 0
    sockets: int = 0
    loop_lag_s: float = 0.0
    counts: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def of(self, name: str) -> float:
        """How often something was counted, whatever its label."""
        return sum(count for key, count in self.counts.items() if key == name or key.startswith(f"{name} "))

    @property
    def posts_a_minute(self) -> float:
        return self.of("posts") / self.minutes if self.minutes else 0.0

    def commit_s(self, part: float) -> float | None:
        """In how many seconds this part of all batches was committed; None where there was none."""
        return quantile(
            {key.removeprefix(_COMMITS): n for key, n in self.counts.items() if key.startswith(_COMMITS)}, part
        )


@dataclass(frozen=True)
class Happened:
    """Something that was counted: its kind, its sentence, how often, and when at the last, to a minute."""

    kind: str
    sentence: str
    count: int
    last: datetime


@dataclass(frozen=True)
class Day:
    """The 24 hours before `end`: a span for each 10 minutes, whether there is a sample of it or not."""

    end: datetime
    spans: list[Span]
    lasts: dict[str, datetime]

    @property
    def whole(self) -> Span:
        """All of it as one span."""
        return merged(self.spans)

    @property
    def hours(self) -> list[Span]:
        """As one span an hour, without those of which there is no sample."""
        size = timedelta(hours=1) // SPAN
        parts = [merged(self.spans[at : at + size]) for at in range(0, len(self.spans), size)]
        return [each for each in parts if each.minutes]

    def happened(self, name: str) -> list[Happened]:
        """What was counted under `refusals`, `faults` or `closes`, the latest first."""
        found = []
        for key, count in self.whole.counts.items():
            what, _, label = key.partition(" ")
            if what == name:
                kind, _, sentence = label.partition(" ")
                found.append(Happened(kind, sentence, round(count), self.lasts[key]))
        return sorted(found, key=lambda each: (each.last, each.count), reverse=True)


async def last_day(conn: AsyncConnection) -> Day:
    """The day before now."""
    end = await samples.now(conn)
    spans = {begin: Span(begin) for begin in (end - SPAN * (n + 1) for n in reversed(range(DAY // SPAN)))}
    lasts: dict[str, datetime] = {}
    for each in await samples.gauges(conn, end, DAY, SPAN):
        span = spans[each.begin]
        span.minutes, span.sockets, span.loop_lag_s = each.minutes, each.sockets, each.loop_lag_s
    for found in await samples.counts(conn, end, DAY, SPAN):
        spans[found.begin].counts[found.name] += found.times
        lasts[found.name] = max(found.last, lasts.get(found.name, found.last))
    return Day(end, [*spans.values()], lasts)


def merged(spans: list[Span]) -> Span:
    """Several spans as one: counts are added, of the rest the worst counts."""
    whole = Span(spans[0].begin)
    for each in spans:
        whole.minutes += each.minutes
        whole.sockets = max(whole.sockets, each.sockets)
        whole.loop_lag_s = max(whole.loop_lag_s, each.loop_lag_s)
        for key, count in each.counts.items():
            whole.counts[key] += count
    return whole


def quantile(buckets: Mapping[str, float], part: float) -> float | None:
    """The value that `part` of all do not exceed, as Prometheus reckons it; None where there are none.

    `buckets` has how many are in each, by its upper bound; within one they are taken for spread evenly.
    """
    total, below, lower = sum(buckets.values()), 0.0, 0.0
    if not total:
        return None
    for bound, count in sorted((float(bound), count) for bound, count in buckets.items()):
        if below + count >= part * total and count:
            return lower if bound == float("inf") else lower + (bound - lower) * (part * total - below) / count
        below, lower = below + count, bound
    return lower
