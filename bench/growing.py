"""What one more process costs: the same work, done by one, by two and by four of them on this machine."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bench.scenarios import SCENARIOS, Figures, measure
from bench.support.servers import parley_server

PROCESSES = (1, 2, 4)
WORKS = {scenario.what: scenario.work for scenario in SCENARIOS if scenario.name in ("steady", "busy")}


def measure_each(step: Callable[..., Any]) -> dict[str, dict[int, Figures]]:
    """The figures of all the processes together, by work and by how many there are."""
    return {what: measure_work(step, what, parley_server) for what in WORKS}


def measure_work(step: Callable[..., Any], what: str, start: Callable[..., Any]) -> dict[int, Figures]:
    """One work, by how many processes do it; `start` is as `parley_server`."""
    return {
        count: step(f"{what}: {count} processes", measure, partial(start, processes=count), WORKS[what])
        for count in PROCESSES
    }
