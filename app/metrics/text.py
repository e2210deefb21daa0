"""Numbers as the text that Prometheus reads."""

import itertools
from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from app.metrics.catalogue import METRICS, OF_THE_CHAT, PREFIX, Metric, Numbers

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Collected(Collector):
    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterable[Family]:
        for metric in (*METRICS, *OF_THE_CHAT):
            if metric.name in self._numbers:
                yield _family(metric, self._numbers[metric.name])


def as_text(numbers: Numbers) -> bytes:
    """The numbers in Prometheus' text format, version 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(numbers))
    return generate_latest(registry)


def _family(metric: Metric, values: dict[str, float]) -> Family:
    name, labels = f"{PREFIX}{metric.name}", [metric.label] if metric.label else []
    if metric.kind == "histogram":
        family = HistogramMetricFamily(name, metric.says)
        family.add_metric([], [*_rising(values)], values.get("sum", 0))
        return family
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    found = kind(name, metric.says, labels=labels)
    for label, value in sorted(values.items()):
        found.add_metric([label] if labels else [], value)
    return found


def _rising(values: dict[str, float]) -> Iterator[tuple[str, float]]:
    """The buckets, each with all below it, as Prometheus wants them."""
    bounds = sorted((bound for bound in values if bound != "sum"), key=float)
    yield from zip(bounds, itertools.accumulate(values[bound] for bound in bounds), strict=True)
