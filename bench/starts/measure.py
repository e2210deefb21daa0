"""A start as `make run` makes it, with the embedded PostgreSQL, on a database that is there.

    python -m bench.starts.measure [--rounds 5]

Each process is stopped before the next one begins: the gap between the two is measured, too.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
import psutil

from tests.support.processes import Parley

PAGE = "/signin"


@dataclass(frozen=True, slots=True)
class Starts:
    """Medians in seconds.

    Attributes:
        first_page_s: from the start until a first page is there.
        cpu_s: what the one Python process spends until then; its PostgreSQL is not among it.
        gap_s: from SIGTERM until the next process, begun when that one has ended, gives a first page.
    """

    first_page_s: float
    cpu_s: float
    gap_s: float


@click.command(help=__doc__)
@click.option("--rounds", default=5, show_default=True)
def main(rounds: int) -> None:
    print(measure(rounds))


def measure(rounds: int, code: Path | None = None) -> Starts:
    """Start, stop and start again; the very first start, which makes the database, does not count.

    `code` is a folder with another Parley.
    """
    found: list[tuple[float, float]] = []
    gaps: list[float] = []
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        Path(name).chmod(0o711)
        running, _, _ = _started(Path(name) / "parley", code)
        for _ in range(rounds):
            asked = time.monotonic()
            running.process.terminate()
            running.until_ended()
            running, first_page_s, cpu_s = _started(Path(name) / "parley", code)
            gaps.append(time.monotonic() - asked)
            found.append((first_page_s, cpu_s))
        running.process.terminate()
        running.until_ended()
    times, cpu = zip(*found, strict=True)
    return Starts(median(times), median(cpu), median(gaps))


def _started(folder: Path, code: Path | None) -> tuple[Parley, float, float]:
    """One that has given its first page; how long that took, and its CPU."""
    begun = time.monotonic()
    parley = Parley(folder, anew=True, code=code, LOG_LEVEL="error")
    parley.until_ready()
    parley.get(PAGE)
    first_page_s = time.monotonic() - begun
    cpu = psutil.Process(parley.process.pid).cpu_times()
    return parley, first_page_s, cpu.user + cpu.system


if __name__ == "__main__":
    main()
