"""Measure Parley on this machine, beside the usual way and the floor.

Everything is made and thrown away again: databases, people, rooms, messages. What people meet every day is measured of
an older Parley, too (`bench/support/before.py`). Compare the ratios between machines, not the numbers; and run nothing
else meanwhile. The results go to `bench/results/`.
"""

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bench import changes, everyday, flat, growing, idle, page, report, team, turning
from bench.crowd import measure as crowd
from bench.crowd import returning
from bench.files import measure as files
from bench.files import report as files_report
from bench.scenarios import SCENARIOS, Figures, Scenario, measure
from bench.search import hits
from bench.search import measure as search
from bench.search.report import tables
from bench.starts import measure as starts
from bench.starts import reload
from bench.support import before
from bench.support.load import Work
from bench.support.servers import Server, floor_server, naive_server, parley_server

RESULTS = Path(__file__).parent / "results"
TEAM_MESSAGES = 300_000
PUBLISHED = RESULTS / "ratios.json"
PARTS = (
    *("loads", "growing", "changes", "idle", "returning", "crowd", "page", "turning", "starts", "team", "flat"),
    *("hits", "search", "files"),
)


@click.command(help=__doc__)
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="This part; as often as needed.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of each load; the median round counts.")
@click.option("--messages", default=10_000_000, show_default=True, help="The longest history; all that is searched.")
@click.option("--town", type=click.Path(path_type=Path), help="A folder that keeps what is searched for the next run.")
@click.option("--results", default=RESULTS, type=click.Path(path_type=Path), help="Where to write.")
@click.option("--publish", is_flag=True, help="Keep the ratios, for later runs to be held against.")
@click.option("--smoke", is_flag=True, help="Only try that it all works, in seconds.")
def main(
    only: tuple[str, ...], rounds: int, messages: int, town: Path | None, results: Path, publish: bool, smoke: bool
) -> None:
    found: dict[str, Any] = {"machine": report.machine(), "loads": {}}
    for part in only or PARTS:
        found |= dict(_smoke(part) if smoke else _part(part, rounds, messages, town))
        if not smoke and (code := before.code()) is not None:
            found["before"] = found.get("before", {}) | dict(_before(part, code))
    report.write(results, found)
    click.echo(report.table(found["loads"]))
    click.echo(tables(found.get("search", {})))
    click.echo("\n".join(files_report.lines(found.get("files", {}))))
    daily = everyday.rows(found)
    click.echo("\n".join(map(str, daily)))
    ratios = report.ratios(found["loads"])
    published = json.loads(PUBLISHED.read_text()) if PUBLISHED.exists() else {}
    for name, ratio in ratios.items():
        click.echo(f"{name}: {ratio:.2f}" + (f" (published: {published[name]:.2f})" if name in published else ""))
    if publish:
        PUBLISHED.write_text(json.dumps(published | ratios, indent=1, ensure_ascii=False) + "\n")
    wrong = report.guard(ratios, published) + files_report.guard(found.get("files", {})) + everyday.guard(daily)
    if wrong and not smoke:
        sys.exit("\n".join(wrong))


def _part(part: str, rounds: int, messages: int, town: Path | None) -> Iterator[tuple[str, Any]]:
    match part:
        case "loads":
            yield "loads", {scenario.name: _load(scenario, rounds, lambda work: work) for scenario in SCENARIOS}
        case "growing":
            yield "growing", growing.measure_each(_step)
        case "changes":
            yield "changes", changes.measure_each(_step)
        case "idle":
            servers = {name: SERVERS[name] for name in ("parley", "naive")}
            yield "idle", {name: _step(f"idle: {name}", idle.measure, start, 10_000) for name, start in servers.items()}
        case "returning":
            yield "returning", _step("5,000 return", returning.measure_both, 5_000, 500)
        case "crowd":
            yield "crowd", _step(f"{crowd.SOCKETS:,} sockets", crowd.measure, crowd.SOCKETS)
        case "page":
            yield "page", _step("the page", page.measure, 10)
        case "turning":
            yield "turning", _step("from room to room", turning.measure, 10)
        case "hits":
            yield "hits", _step("hits while typing", hits.measure, 10)
        case "starts":
            yield "starts", _step("starts", starts.measure, 5)
            yield "reload", _step("a reload", reload.measure, 300, 30)
        case "team":
            yield "team", _step("300 rooms of one person", team.measure, TEAM_MESSAGES)
        case "flat":
            counts = [10, 100, 1_000, 10_000]
            yield "flat", _step("rooms of every size", flat.measure, counts, messages, flat.WORK, flat.LOOKS, _show)
        case "search":
            yield "search", _step("search", search.measure, messages, town, _show)
        case "files":
            yield "files", _step("files", files.measure, rounds, _show)


def _before(part: str, code: Path) -> Iterator[tuple[str, Any]]:
    """The same of the Parley of before, where people meet it every day; among the loads it takes its turn."""
    match part:
        case "growing":
            yield part, {everyday.STEADY: growing.measure_work(_step, everyday.STEADY, before_server)}
        case "changes":
            yield part, [_step("before: changes by 1", changes.measure, 1, changes.EACH[1], before_server)]
        case "crowd":
            try:
                yield part, _step("before: the crowd", functools.partial(crowd.measure, code=code), crowd.SOCKETS)
            except RuntimeError as error:
                _show(f"the Parley of before does not stand the crowd: {error}")
        case "starts":
            yield part, _step("before: starts", starts.measure, 5, code)
            yield "reload", _step("before: a restart", reload.measure_restart, 300, 30, code)
        case "team":
            yield part, _step("before: 300 rooms", team.measure, TEAM_MESSAGES, team.LOOKS, before_server)


def _smoke(part: str) -> Iterator[tuple[str, Any]]:
    match part:
        case "loads":
            yield "loads", {SCENARIOS[0].name: _load(SCENARIOS[0], 1, _small)}
        case "changes":
            yield "changes", [changes.measure(2, 3)]
        case "idle":
            yield "idle", {"parley": idle.measure(parley_server, 10, settle_s=0.1)}
        case "crowd":
            yield "crowd", crowd.measure(100, 2, seconds=3)
        case "turning":
            yield "turning", turning.measure(1, 2)
        case "hits":
            yield "hits", hits.measure(1, 2, 100)
        case "starts":
            yield "starts", starts.measure(1)
            yield "reload", reload.measure(20, 20)
        case "team":
            yield "team", team.measure(team.ROOMS, 1)
        case "flat":
            yield "flat", flat.measure([10], 100, _small(flat.WORK), 3, _show)
        case "search":
            yield "search", search.measure(200, None, _show, ("sizes", "asking", "beside", "found"), small=True)
        case "files":
            yield "files", files.measure(1, _show, small=True)


def before_server(work: Work, processes: int = 1) -> AbstractContextManager[Server]:
    """The Parley of before, where it can be had."""
    code = before.code()
    assert code is not None, "without it the present one would be measured again"
    return parley_server(work, processes, code)


SERVERS = {"parley": parley_server, "before": before_server, "naive": naive_server, "floor": floor_server}


def _small(work: Work) -> Work:
    members, in_flight = min(20, work.members), min(20, work.in_flight)
    return replace(work, members=members, rooms=min(3, work.rooms), in_flight=in_flight, warm_up_s=0.1, seconds=0.3)


def _load(scenario: Scenario, rounds: int, sized: Callable[[Work], Work]) -> dict[str, Figures]:
    """Each server's median round; they take turns."""
    found: dict[str, list[Figures]] = {}
    others = [name for name in scenario.others if name != "before" or before.code() is not None]
    for number in range(1, rounds + 1):
        for name in ("parley", *others):
            work = scenario.work if name == "parley" else replace(scenario.work, in_flight=scenario.others_in_flight)
            what = f"{scenario.what}: {name}, round {number} of {rounds}"
            found.setdefault(name, []).append(_step(what, measure, SERVERS[name], sized(work)))
    return {name: sorted(of, key=lambda one: one.server_us_a_delivery)[len(of) // 2] for name, of in found.items()}


def _step(what: str, do: Callable[..., Any], *arguments: Any) -> Any:
    _show(f"{what} …")
    done = do(*arguments)
    _show(f"  {done}")
    return done


def _show(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
