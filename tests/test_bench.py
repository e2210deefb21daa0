"""The bench: that its machinery works, and that its guard sees what got worse. No speed is judged here."""

import functools
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bench import changes, everyday, report, team
from bench.scenarios import Figures
from bench.starts import reload
from bench.support import before
from bench.support.load import Work
from bench.support.servers import parley_server
from tests.support import debian
from tests.support.processes import ROOT

FIGURES = Figures(
    posts=100,
    deliveries=1_000,
    p50_ms=8,
    p99_ms=16,
    server_cores=0.5,
    database_cores=0.1,
    load_cores=0.2,
    server_us_a_delivery=10,
    server_us_a_post=100,
    database_us_a_post=10,
)


def test_a_smoke_run_measures_everyone_and_writes_the_results(tmp_path: Path) -> None:
    debian.program("cc", "build-essential")
    command = [sys.executable, "-m", "bench", "--smoke", "--results", str(tmp_path)]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False)

    assert run.returncode == 0, run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    loads = results["loads"]["steady"]
    assert {*loads} == {"parley", "naive", "floor"}
    for figures in loads.values():
        assert min(figures["posts"], figures["deliveries"], figures["server_cores"], figures["load_cores"]) > 0
    assert loads["parley"]["database_us_a_post"] > 0
    assert min(results["changes"][0].values()) > 0
    assert results["idle"]["parley"]["sockets"] == 10
    assert min(results["crowd"][name] for name in ("p99_ms", "back_s", "connections")) > 0
    assert 0 < results["starts"]["first_page_s"] < results["starts"]["gap_s"]
    assert results["reload"]["lost"] == 0 < min(results["reload"]["first_ack_s"])
    assert {"opening the app", "switching the room"} < {*results["team"]}
    assert min(results["team"]["opening the app"].values()) > 0
    assert {*results["flat"]["posts"]} == {"members", "messages", "rooms"}
    assert {*results["search"]} == {"messages", "sizes", "asking", "beside", "found"}
    assert results["search"]["asking"]["a rare one"]["1000"]["whole"]["hits"] == 10
    assert results["search"]["beside"]["SQLite FTS5, by time"]["times"]["a rare one"]["1000"]["hits"] == 10
    assert results["search"]["found"]["500"]["p99_ms"] > 0
    assert {len(results["files"]["beside"]), *results["files"]} == {2, "beside", "alone"}
    assert all(of["busy_p99_ms"] > 0 and of["memory_an_upload"] >= 0 for of in results["files"]["beside"].values())
    assert min(results["files"]["alone"].values()) > 0
    assert "| a rare one | 1000 |" in (tmp_path / "search.md").read_text()
    assert "| 1,000 readers, 20 messages/s | parley |" in (tmp_path / "table.md").read_text()
    assert "editing or reacting, p50: " in run.stdout
    for plot in ("cost", "everyday", "flat"):
        assert (tmp_path / f"{plot}.png").stat().st_size > 10_000


def test_bringing_in_is_measured_beside_the_least_that_it_takes() -> None:
    command = [sys.executable, "-m", "bench.bringing", "--messages", "600", "--rounds", "1"]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False)

    assert "600 messages of Slack, 1 rounds, medians" in run.stdout, run.stderr
    assert re.search(r"^bare: \d+\.\d s, .* of CPU, \d+ MiB\nimport: \d+\.\d s, ", run.stdout, re.MULTILINE)
    assert "round 1: import took" in run.stderr


def test_people_who_chat_beside_an_import_are_measured() -> None:
    command = [sys.executable, "-m", "bench.bringing", "--messages", "600", "--beside", "--seconds", "0.5"]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False)

    for line in (r"p99 without an import: \d+\.\d ms", r"beside the import: \d+\.\d\d times", "beside the index: "):
        assert re.search(f"^{line}", run.stdout, re.MULTILINE), run.stderr


def test_a_team_that_enters_is_measured() -> None:
    command = [sys.executable, "-m", "bench.starts.entering", "--people", "2"]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False)

    assert re.match(r"2 people are in: the first after \d+\.\d s, .*\n\d+ pages of somebody", run.stdout), run.stderr


def test_the_guard_names_what_is_worse_than_it_may_be_every_day() -> None:
    slow, quick = replace(FIGURES, p50_ms=30), FIGURES
    found = everyday.rows({"loads": {"alone": {"parley": slow, "naive": quick}}})

    assert [(row.what, row.found) for row in found] == [
        ("two people alone, p50 ÷ the usual way's", 30 / 8),
        ("database CPU of a lone post", 10),
    ]
    assert everyday.guard(found) == ["two people alone, p50 ÷ the usual way's: 3.75 (aim: 1); at most 2.2 may be."]


def test_what_was_to_be_halved_is_held_against_what_the_parley_of_before_took_in_the_same_run() -> None:
    cost = team.Cost(median_ms=30, most_ms=40, server_cpu_ms=18, database_cpu_ms=8)
    then = replace(cost, server_cpu_ms=30)
    results = {"team": {"opening the app": cost}, "before": {"team": {"opening the app": then}}}

    (row,) = everyday.rows(results)

    assert str(row) == "opening the app, 300 rooms, server's CPU: 18 ms (aim: 15 ms, before: 30 ms)"
    assert everyday.table([row]).endswith("| opening the app, 300 rooms, server's CPU | 18 ms | 30 ms | 15 ms |\n")


def test_where_there_is_no_git_the_bench_says_so_and_goes_on_without_the_parley_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert before.code(tmp_path / "before") is None
    assert "The Parley of before cannot be measured: " in capsys.readouterr().err


def test_the_parley_of_before_is_measured_with_its_own_code_and_packages() -> None:
    code = before.code()
    if code is None:
        pytest.skip("git does not have its commit, or its packages cannot be had")

    with parley_server(Work(members=1), code=code) as server:
        with pytest.raises(HTTPError, match="404"):  # it has no search
            urlopen(f"http://127.0.0.1:{server.port}/search")
        program = server.process.cmdline()[0]
    found = changes.measure(1, 2, functools.partial(parley_server, code=code))
    first_ack_s = reload.measure_restart(20, 20, code)

    assert program == str(code / ".venv/bin/python")
    assert min(found.p50_ms, first_ack_s) > 0


def test_what_more_processes_cost_is_drawn(tmp_path: Path) -> None:
    from bench import plots  # with matplotlib, which every process of tests would else load to collect

    plots.draw(
        tmp_path, {"loads": {}, "growing": {"quiet": {1: FIGURES, 2: FIGURES}, "busy": {1: FIGURES, 2: FIGURES}}}
    )

    assert (tmp_path / "growing.png").stat().st_size > 10_000


def test_ratios_are_larger_where_parley_is_better() -> None:
    slow, quick = replace(FIGURES, server_us_a_delivery=20), FIGURES
    floor = replace(FIGURES, server_us_a_delivery=9)

    (before,) = report.ratios({"steady": {"parley": slow, "naive": FIGURES, "floor": floor}}).values()
    (after,) = report.ratios({"steady": {"parley": quick, "naive": FIGURES, "floor": floor}}).values()

    assert (before, after) == (0.45, 0.9)


def test_the_guard_names_what_costs_too_much_over_the_floor() -> None:
    floor = replace(FIGURES, server_us_a_delivery=10 / (report.MOST_OVER_FLOOR + 0.01))

    (wrong,) = report.guard(report.ratios({"steady": {"parley": FIGURES, "floor": floor}}), {})

    assert "times the floor's CPU" in wrong


def test_the_guard_names_what_fell_behind_the_published_ratios_and_nothing_else() -> None:
    found = {"throughput": 7.0, "latency": 6.9, "new": 1.0}
    published = {"throughput": 10.0, "latency": 10.0, "not measured": 5.0}

    assert report.guard(found, published) == ["“latency” is 6.90; it was 10.00 when it was published."]
