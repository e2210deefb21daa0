"""The questions about files, each beside what it is held against, in one run."""

from collections.abc import Callable, Collection
from typing import Any

from bench.files import alone, beside

PARTS = ("beside", "alone")
# Megabytes a second that each person's line brings.
LINES = {"ten upload and ten download, 20 Mbit/s each": 2.5, "ten upload and ten download, as fast as it goes": 0}


def measure(
    rounds: int, show: Callable[[str], None], parts: Collection[str] = PARTS, *, small: bool = False
) -> dict[str, Any]:
    """`small`: only whether it all works, in seconds."""
    found: dict[str, Any] = {}
    readers, people, megabytes = (10, 2, 0.5) if small else (1_000, 10, 25.0)
    if "beside" in parts:
        found["beside"] = {}
        for name, pace in LINES.items():
            show(f"{readers:,} readers, {name} …")
            found["beside"][name] = beside.measure(readers, people, megabytes, pace, rounds, show)
    if "alone" in parts:
        show("one file, in turns with a bare handler …")
        found["alone"] = alone.measure(1.0 if small else 100.0, rounds, show)
    return found
