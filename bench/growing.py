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
    return {
        what: {
            count: step(f"{what}: {count} processes", measure, partial(parley_server, processes=count), work)
            for count in PROCESSES
        }
        for what, work in WORKS.items()
    }
