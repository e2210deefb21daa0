"""Throughput and latency second by second, gathered by each process of clients and added up afterwards."""

import math
from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct, field

BUCKETS_PER_E = 20  # a bucket is 5 % wide
SHORTEST_S = 0.0001


class Second(Struct):
    """What happened in one second of the machine's monotonic clock; latencies as counts by bucket."""

    acks: int = 0
    acked: dict[int, int] = field(default_factory=dict)
    delivered: dict[int, int] = field(default_factory=dict)


class Figures(Struct):
    seconds: dict[int, Second] = field(default_factory=dict)

    def at(self, now_s: float) -> Second:
        second = self.seconds.get(int(now_s))
        if second is None:
            second = self.seconds[int(now_s)] = Second()
        return second


def count(buckets: dict[int, int], latency_s: float) -> None:
    bucket = int(math.log(max(latency_s, SHORTEST_S) / SHORTEST_S) * BUCKETS_PER_E)
    buckets[bucket] = buckets.get(bucket, 0) + 1


def summed(parts: Iterable[dict[int, int]]) -> Counter[int]:
    total: Counter[int] = Counter()
    for part in parts:
        total.update(part)
    return total


def percentile_s(buckets: dict[int, int], share: float) -> float:
    """The latency below which that share of all stays, in seconds; NaN without any."""
    left = share * sum(buckets.values())
    for bucket in sorted(buckets):
        left -= buckets[bucket]
        if left <= 0:
            return SHORTEST_S * math.exp((bucket + 0.5) / BUCKETS_PER_E)
    return math.nan


def added(parts: Iterable[Figures]) -> Figures:
    """The figures of several processes as those of one."""
    whole = Figures()
    for part in parts:
        for number, second in part.seconds.items():
            here = whole.at(number)
            here.acks += second.acks
            here.acked = dict(summed((here.acked, second.acked)))
            here.delivered = dict(summed((here.delivered, second.delivered)))
    return whole


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Figures).decode
