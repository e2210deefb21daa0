"""The plots: light, legible, one question each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench import everyday

NAMES = {"parley": "Parley", "before": "Parley before", "naive": "the usual way", "floor": "C, one write a delivery"}
COLORS = {"parley": "#2f6f4f", "before": "#8fb39f", "naive": "#b9b4a8", "floor": "#6d7f94"}
STYLE = {
    "figure.facecolor": "white",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
}


def draw(folder: Path, results: Mapping[str, Any]) -> None:
    """`throughput.png`, `cost.png`, `everyday.png` and, if they were measured, `growing.png` and `flat.png`."""
    with plt.rc_context(STYLE):
        loads = results["loads"]
        _save(folder / "throughput.png", loads, [
            ("room", "Deliveries a second,\n1,000 readers in one room", lambda of: of.deliveries),
            ("rooms", "Posts a second,\n100 rooms of 10", lambda of: of.posts),
            ("writers", "Posts a second,\n100 writers in one room", lambda of: of.posts),
        ])  # fmt: skip
        _save(folder / "cost.png", loads, [
            ("steady", "Server CPU a delivery, µs\n1,000 readers, 20 messages/s", lambda of: of.server_us_a_delivery),
            ("steady", "Frame in → frame out, p50 ms\n1,000 readers, 20 messages/s", lambda of: of.p50_ms),
            ("alone", "Frame in → frame out, p50 ms\ntwo people alone", lambda of: of.p50_ms),
        ])  # fmt: skip
        _everyday(folder / "everyday.png", everyday.rows(results))
        if "growing" in results:
            _growing(folder / "growing.png", results["growing"])
        if "flat" in results:
            _flat(folder / "flat.png", results["flat"])


def _everyday(path: Path, rows: list[everyday.Row]) -> None:
    """How many times what was aimed at; a bar that ends before the line is as good as that, or better.

    A mark stands where the Parley of before was.
    """
    if not rows:
        return
    figure, ax = plt.subplots(figsize=(9, 0.42 * len(rows) + 1))
    shares = [row.found / row.aim for row in rows]
    names = [f"{row.what}: {everyday.plain(row.found)}{row.unit}" for row in rows]
    ax.barh(names, shares, color=[COLORS["naive" if share > 1 else "parley"] for share in shares])
    ax.axvline(1, color=COLORS["floor"], linewidth=1)
    before = [(row.before / row.aim, name) for row, name in zip(rows, names, strict=True) if row.before is not None]
    if before:
        ax.plot(*zip(*before, strict=True), "D", color=COLORS["floor"], markersize=5)
    ax.set_title("Every day: how many times what was aimed at;\n◆ the Parley of before, in the same run")
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


Panel = tuple[str, str, Callable[[Any], float]]


def _save(path: Path, loads: Mapping[str, Any], panels: list[Panel]) -> None:
    shown = [panel for panel in panels if panel[0] in loads]
    if not shown:
        return
    figure, axes = plt.subplots(1, len(shown), figsize=(4 * len(shown), 3.4), squeeze=False)
    for ax, (scenario, title, of) in zip(axes[0], shown, strict=True):
        _bars(ax, title, {name: of(figures) for name, figures in loads[scenario].items()})
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _bars(ax: Axes, title: str, values: Mapping[str, float]) -> None:
    ax.set_title(title)
    bars = ax.bar([NAMES[name] for name in values], [*values.values()], color=[COLORS[name] for name in values])
    ax.bar_label(bars, [_short(value) for value in values.values()], padding=2)
    ax.margins(y=0.15)
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="x", labelsize=9, length=0)
    ax.set_xticks(range(len(values)), [NAMES[name].replace(", ", ",\n") for name in values])


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:.1f} M"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _growing(path: Path, growing: Mapping[str, Any]) -> None:
    figure, axes = plt.subplots(1, len(growing), figsize=(4 * len(growing), 3.4), squeeze=False)
    for ax, (what, points) in zip(axes[0], growing.items(), strict=True):
        ax.set_title(f"{what}:\nCPU a post, ms")
        _lines(ax, points, 1_000)
        ax.set_xlabel("processes")
        ax.set_xticks(list(points))
        _from_zero(ax)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _lines(ax: Axes, points: Mapping[int, Any], unit_us: int) -> None:
    """What a post costs the server, and the database."""
    server, database = zip(*((of.server_us_a_post, of.database_us_a_post) for of in points.values()), strict=True)
    for label, values, color in (("server", server, COLORS["parley"]), ("database", database, COLORS["floor"])):
        ax.plot(list(points), [value / unit_us for value in values], "o-", color=color, label=label)


def _flat(path: Path, flat: Any) -> None:
    figure, axes = plt.subplots(1, len(flat.posts) + 1, figsize=(4 * (len(flat.posts) + 1), 3.4), squeeze=False)
    for ax, (what, points) in zip(axes[0], flat.posts.items(), strict=False):
        ax.set_title(f"A post, by {what}:\nCPU of server and database, µs")
        _lines(ax, points, 1)
        _logarithmic(ax, what)
    last = axes[0][-1]
    last.set_title("A page of 50 messages:\ntime in the database, ms")
    for way in next(iter(flat.pages.values())):
        last.plot(list(flat.pages), [of[way] for of in flat.pages.values()], "o-", label=way)
    _logarithmic(last, "messages in the room")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _logarithmic(ax: Axes, what: str) -> None:
    ax.set_xscale("log")
    ax.set_xlabel(what)
    _from_zero(ax)


def _from_zero(ax: Axes) -> None:
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, fontsize=9)
