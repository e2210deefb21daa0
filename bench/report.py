"""The results of a run as a table, as JSON and as plots; and the guard, which needs no machine of a certain speed."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench import everyday
from bench.scenarios import SCENARIOS, Figures
from bench.search import report as search
from tests.support.processes import ROOT

MOST_OVER_FLOOR = 1.35  # the server's CPU a delivery, against the C program's in the same run
LEAST_SHARE = 0.7  # of the last published ratios; runs on shared machines differ by as much

Loads = Mapping[str, Mapping[str, Figures]]  # by scenario, then by server


def ratios(loads: Loads) -> dict[str, float]:
    """What one run says of Parley whatever the machine: how many times better than the usual way, or than the floor."""
    found: dict[str, float] = {}
    for scenario, of in loads.items():
        parley, naive, floor = of["parley"], of.get("naive"), of.get("floor")
        if scenario == "steady" and floor is not None:
            found["floor's CPU a delivery ÷ Parley's, steady"] = (
                floor.server_us_a_delivery / parley.server_us_a_delivery
            )
        if scenario == "room" and naive is not None:
            found["deliveries a second ÷ the usual way's, one room"] = parley.deliveries / naive.deliveries
        if scenario in ("rooms", "writers") and naive is not None:
            found[f"posts a second ÷ the usual way's, {scenario}"] = parley.posts / naive.posts
        if scenario == "alone" and naive is not None:
            found["the usual way's p50 ÷ Parley's, alone"] = naive.p50_ms / parley.p50_ms
    return found


def guard(found: Mapping[str, float], published: Mapping[str, float]) -> list[str]:
    """What is worse than it may be, a sentence each."""
    steady = found.get("floor's CPU a delivery ÷ Parley's, steady")
    wrong = []
    if steady is not None and 1 / steady > MOST_OVER_FLOOR:
        wrong.append(f"A delivery costs {1 / steady:.2f} times the floor's CPU; at most {MOST_OVER_FLOOR} may be.")
    wrong += [
        f"“{name}” is {found[name]:.2f}; it was {before:.2f} when it was published."
        for name, before in published.items()
        if name in found and found[name] < LEAST_SHARE * before
    ]
    return wrong


def table(loads: Loads) -> str:
    """The loads as Markdown."""
    head = (
        "work",
        "server",
        "posts/s",
        "deliveries/s",
        "server µs a delivery",
        "p50 / p99 ms",
        "cores: server, database, load",
    )
    rows = [head, ("---", "---", *["---:"] * (len(head) - 2))]
    for scenario in SCENARIOS:
        for name, of in loads.get(scenario.name, {}).items():
            what = scenario.what if name == "parley" else ""
            rates = f"{of.posts:,.0f}", f"{of.deliveries:,.0f}"
            times = f"{of.p50_ms:.1f} / {of.p99_ms:.1f}"
            cores = f"{of.server_cores:.2f}, {of.database_cores:.2f}, {of.load_cores:.2f}"
            rows.append((what, name, *rates, f"{of.server_us_a_delivery:.2f}", times, cores))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def machine() -> dict[str, str]:
    """Where and when this was measured, and of which commit."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip() or "unknown",
        "cores": str(os.cpu_count()),
        "memory_gib": str(round(psutil.virtual_memory().total / 2**30)),
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def write(folder: Path, results: Mapping[str, Any]) -> None:
    """`results.json`, `table.md`, `everyday.md` and `search.md` where that was measured, and the plots."""
    from bench import plots  # matplotlib takes a while to load

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, default=_plain, indent=1, ensure_ascii=False) + "\n")
    (folder / "table.md").write_text(table(results["loads"]))
    if daily := everyday.rows(results):
        (folder / "everyday.md").write_text(everyday.table(daily))
    if "search" in results:
        (folder / "search.md").write_text(search.tables(results["search"]))
    plots.draw(folder, results)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: round(figure, 3) if isinstance(figure, float) else figure for name, figure in asdict(value).items()
        }
    raise TypeError(value)
