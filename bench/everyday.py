"""What people meet every day, each figure beside the one that was aimed at, and beside an older Parley in the same run.

`make bench` complains where one is worse than it may be. That is more than was last found on a machine of two cores, by
as much as such machines differ.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bench.growing import WORKS

STEADY = next(iter(WORKS))


class Row(NamedTuple):
    """One figure: the less, the better.

    Attributes:
        most: what it may be at the most.
        before: what it was of the older Parley, in the same run.
    """

    what: str
    found: float
    aim: float
    most: float
    unit: str = ""
    before: float | None = None

    def __str__(self) -> str:
        before = "" if self.before is None else f", before: {plain(self.before)}{self.unit}"
        return f"{self.what}: {plain(self.found)}{self.unit} (aim: {plain(self.aim)}{self.unit}{before})"


def rows(results: Mapping[str, Any]) -> list[Row]:
    """The figures of those parts of a run that were measured."""
    before = results.get("before", {})
    return [row for part, of in _PARTS.items() if part in results for row in of(results[part], before.get(part))]


def guard(found: list[Row]) -> list[str]:
    """What is worse than it may be, a sentence each."""
    return [f"{row}; at most {plain(row.most)}{row.unit} may be." for row in found if row.found > row.most]


def table(found: list[Row]) -> str:
    """The figures as Markdown."""
    lines = ["| what | found | before | aim |", "| --- | ---: | ---: | ---: |"]
    for row in found:
        then = "" if row.before is None else plain(row.before) + row.unit
        lines.append(f"| {row.what} | {plain(row.found)}{row.unit} | {then} | {plain(row.aim)}{row.unit} |")
    return "\n".join(lines) + "\n"


def plain(value: float) -> str:
    """Three digits, or a whole number."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _loads(loads: Mapping[str, Any], _: None) -> Iterator[Row]:
    if alone := loads.get("alone"):
        parley, usual, before = alone["parley"], alone["naive"], alone.get("before")
        share = before.p50_ms / usual.p50_ms if before else None
        yield Row("two people alone, p50 ÷ the usual way's", parley.p50_ms / usual.p50_ms, 1.0, 2.2, before=share)
        us = before.database_us_a_post if before else None
        yield Row("database CPU of a lone post", parley.database_us_a_post, _half(us, 162), 500, " µs", us)
    if steady := loads.get("steady"):
        share = steady["parley"].server_us_a_delivery / steady["floor"].server_us_a_delivery
        yield Row("CPU of a delivery ÷ the floor's", share, 1.35, 1.9)


def _growing(growing: Mapping[str, Mapping[int, Any]], before: Mapping[str, Mapping[int, Any]] | None) -> Iterator[Row]:
    if STEADY in growing:
        then = _further_ms(before[STEADY]) if before else None
        yield Row("a further process, CPU a message", _further_ms(growing[STEADY]), 0.8, 4.5, " ms", then)


def _further_ms(figures: Mapping[int, Any]) -> float:
    """What each process after the first costs."""
    cpu_ms = {count: (one.server_us_a_post + one.database_us_a_post) / 1_000 for count, one in figures.items()}
    most = max(cpu_ms)
    return (cpu_ms[most] - cpu_ms[1]) / (most - 1)


def _crowd(crowd: Any, before: Any) -> Iterator[Row]:
    def of(name: str) -> float | None:
        return getattr(before, name, None)

    name = f"{crowd.sockets:,} sockets"
    yield Row(f"{name}, memory of each", crowd.kib_a_socket, 8, 11, " KiB", of("kib_a_socket"))
    yield Row(f"{name}, a message to all, p99", crowd.p99_ms, 1_000, 2_500, " ms", of("p99_ms"))
    yield Row(f"{name}, that at one a second", crowd.server_cores, 1.5, 2, " cores", of("server_cores"))
    yield Row(f"{name}, all back after a restart", crowd.back_s, 40, 120, " s", of("back_s"))
    yield Row(f"{name}, connections of all that pools may have", crowd.connections / crowd.pools, 1, 1)


def _changes(changes: list[Any], before: list[Any] | None) -> Iterator[Row]:
    yield Row("editing or reacting, p50", changes[0].p50_ms, 1.0, 4, " ms", before[0].p50_ms if before else None)


def _starts(starts: Any, before: Any) -> Iterator[Row]:
    yield Row("a start, to the first page", starts.first_page_s, 0.8, 3, " s", getattr(before, "first_page_s", None))


def _reload(reload: Any, before: float | None) -> Iterator[Row]:
    yield Row("a reload, from SIGTERM to the first ack", max(reload.first_ack_s, default=0), 1.0, 3, " s", before)


def _team(team: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[Row]:
    then = before["opening the app"].server_cpu_ms if before else None
    found = team["opening the app"].server_cpu_ms
    yield Row("opening the app, 300 rooms, server's CPU", found, _half(then, 19.5), 80, " ms", then)


def _half(before: float | None, otherwise: float) -> float:
    """The aim of what was to be halved: by what was measured in this run, where it was."""
    return otherwise if before is None else before / 2


_PARTS: dict[str, Any] = {
    "loads": _loads,
    "growing": _growing,
    "crowd": _crowd,
    "changes": _changes,
    "team": _team,
    "starts": _starts,
    "reload": _reload,
}
