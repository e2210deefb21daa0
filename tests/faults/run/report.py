"""What runs came to: a file of figures, a table for docs/RELIABILITY.md, and one picture."""

import math
import os
import platform
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psutil
from msgspec import Struct

from tests.faults.checker.verdict import Kind
from tests.faults.client.figures import Second, percentile_s, summed
from tests.faults.run.nemesis import Fault
from tests.faults.run.run import Outcome, Settings
from tests.support.processes import ROOT


class Counts(Struct, frozen=True):
    """What the checker counted, by the names of `Verdict`."""

    acked: int
    changed: int
    unknown: int
    seen: int
    sockets: int
    resets: int


class Report(Struct, frozen=True):
    """One run in figures; latencies and times to mend in seconds."""

    bus: str
    seed: int
    commit: str
    machine: str
    at: str
    processes: int
    clients: int
    rooms: int
    duration_s: float
    counts: Counts
    violations: dict[str, int]
    faults: dict[str, int]
    mended_s: dict[str, tuple[float, float]]  # by fault: the median, and the longest
    acked_per_s: float
    ack_s: tuple[float, float]  # from writing a message to its ack: p50, p99
    delivery_s: tuple[float, float]  # from writing it to each of its readers

    @classmethod
    def of(cls, settings: Settings, outcome: Outcome) -> "Report":
        verdict, seconds = outcome.verdict, outcome.figures.seconds.values()
        duration_s = outcome.ended - outcome.begun
        mended: dict[str, list[float]] = {}
        for strike in outcome.strikes:
            mended.setdefault(strike.fault.value, []).append(strike.mended_s)
        return cls(
            bus=settings.bus,
            seed=settings.seed,
            commit=commit(),
            machine=machine(),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            processes=settings.processes,
            clients=settings.clients,
            rooms=settings.rooms,
            duration_s=round(duration_s, 1),
            counts=msgspec.convert(verdict, Counts, from_attributes=True),
            violations={kind.value: verdict.kinds[kind] for kind in Kind},
            faults=dict(Counter(strike.fault.value for strike in outcome.strikes)),
            mended_s={fault: (round(median(times), 2), round(max(times), 2)) for fault, times in mended.items()},
            acked_per_s=round(verdict.acked / duration_s, 1),
            ack_s=_percentiles(second.acked for second in seconds),
            delivery_s=_percentiles(second.delivered for second in seconds),
        )


def _percentiles(parts: Any) -> tuple[float, float]:
    buckets = summed(parts)
    return round(percentile_s(buckets, 0.5), 4), round(percentile_s(buckets, 0.99), 4)


def write(folder: Path, runs: list[tuple[Settings, Outcome]]) -> list[Report]:
    """Write `figures.json`, `figures.md` and `faults.png` of these runs."""
    reports = [Report.of(settings, outcome) for settings, outcome in runs]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_bytes(msgspec.json.format(msgspec.json.encode(reports), indent=2))
    (folder / "figures.md").write_text(table(reports))
    latest = {settings.bus: outcome for settings, outcome in runs}
    draw(folder / "faults.png", latest)
    return reports


def table(reports: list[Report]) -> str:
    """The runs as a Markdown table, one a column."""
    lines = [
        ("", *(f"{report.bus}" for report in reports)),
        ("---", *("---:" for _ in reports)),
        ("acknowledged messages", *(f"{report.counts.acked:,}" for report in reports)),
        ("acknowledged changes", *(f"{report.counts.changed:,}" for report in reports)),
        ("seen by readers", *(f"{report.counts.seen:,}" for report in reports)),
        *((kind.value, *(f"**{report.violations[kind.value]:,}**" for report in reports)) for kind in Kind),
        *((fault.value, *(_faults(report, fault) for report in reports)) for fault in Fault),
        ("sockets opened, resets", *(f"{report.counts.sockets:,}, {report.counts.resets:,}" for report in reports)),
        ("minutes", *(f"{report.duration_s / 60:.1f}" for report in reports)),
        ("acknowledged a second", *(f"{report.acked_per_s:,.0f}" for report in reports)),
        ("written → acknowledged, p50 / p99", *(_latency(report.ack_s) for report in reports)),
        ("written → read, p50 / p99", *(_latency(report.delivery_s) for report in reports)),
        ("processes, clients, rooms", *(f"{one.processes}, {one.clients}, {one.rooms}" for one in reports)),
        ("seed", *(f"{report.seed}" for report in reports)),
        ("commit", *(f"`{report.commit}`" for report in reports)),
    ]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{table}\n\nOn {reports[-1].machine}.\n"


def _faults(report: Report, fault: Fault) -> str:
    count = report.faults.get(fault.value, 0)
    if not count:
        return "0"
    usual, longest = report.mended_s[fault.value]
    return f"{count} (acks flowed again after {usual:.1f} s, at most {longest:.1f} s)"


def _latency(seconds: tuple[float, float]) -> str:
    return " / ".join(f"{second * 1000:,.0f} ms" for second in seconds)


def draw(path: Path, runs: dict[str, Outcome]) -> None:
    """Draw throughput and latency over time, the faults marked, a column a bus."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, len(runs), figsize=(9 * len(runs), 7), sharex="col", squeeze=False)
    for (bus, outcome), flow, wait in zip(runs.items(), axes[0], axes[1], strict=True):
        times = range(int(outcome.ended - outcome.begun) + 1)
        seconds = [outcome.figures.seconds.get(int(outcome.begun) + time, Second()) for time in times]
        flow.set_title(f"{outcome.verdict.acked:,} messages over {bus}")
        flow.set_ylabel("acknowledged a second")
        flow.plot(times, [second.acks for second in seconds], color="black", linewidth=0.8)
        for name, color in (("acked", "black"), ("delivered", "tab:blue")):
            for share, width in ((0.5, 1.2), (0.99, 0.5)):
                curve = [percentile_s(getattr(second, name), share) * 1000 for second in seconds]
                wait.plot(times, curve, color=color, linewidth=width, label=f"{name}, p{share * 100:.0f}")
        wait.set_yscale("log")
        wait.set_ylabel("milliseconds since written")
        wait.set_xlabel("seconds")
        wait.legend(fontsize="x-small", loc="upper right")
        _mark_faults(flow, wait, outcome)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _mark_faults(flow: Any, wait: Any, outcome: Outcome) -> None:
    """Shade the time from each fault until it was mended."""
    colors = {fault: f"C{number}" for number, fault in enumerate(Fault)}
    spans = {}
    for strike in outcome.strikes:
        for axis in (flow, wait):
            span = axis.axvspan(strike.begun - outcome.begun, strike.mended - outcome.begun, alpha=0.4)
            span.set_color(colors[strike.fault])
        spans[strike.fault] = span
    names = [fault.value for fault in spans]
    flow.legend(spans.values(), names, fontsize="x-small", loc="upper center", ncols=3, bbox_to_anchor=(0.5, -0.02))


def commit() -> str:
    """The commit that was run, with a `+` when it was changed."""
    words = ("git", "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*")
    commit = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return commit or "unknown"


def machine() -> str:
    memory_gib = math.ceil(psutil.virtual_memory().total / 2**30)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory_gib} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text()
    except OSError:
        described = ""
    names = [line.partition(":")[2].strip() for line in described.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
