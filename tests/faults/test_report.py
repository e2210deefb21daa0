"""Figures, table and picture of runs."""

from pathlib import Path

import msgspec

from tests.faults.checker.verdict import Kind, Verdict
from tests.faults.client.figures import Figures, count, percentile_s
from tests.faults.run.nemesis import Fault, Strike
from tests.faults.run.report import Report, write
from tests.faults.run.run import Outcome, Settings


def outcome() -> Outcome:
    """Two seconds, a hundred messages each: acknowledged after 10 ms, read after 20 ms, one after a second."""
    figures = Figures()
    for second in (100.5, 101.5):
        for number in range(100):
            count(figures.at(second).acked, 0.01)
            count(figures.at(second).delivered, 0.02 if number else 1.0)
    verdict = Verdict(acked=200, changed=7, seen=200, sockets=3)
    verdict.report(Kind.LOST, "Room 1, seq 7 is gone.")
    strikes = [Strike(Fault.KILL, "", 100.2, 100.7), Strike(Fault.KILL, "", 101.0, 101.9)]
    return Outcome(verdict, figures, strikes, begun=100.0, ended=102.0)


def test_runs_are_told_in_a_file_a_table_and_a_picture(tmp_path: Path) -> None:
    runs = [(Settings(seed=1, messages=200, faults=(), bus=bus), outcome()) for bus in ("postgres", "redis")]

    reports = write(tmp_path / "torture", runs)

    assert msgspec.json.decode((tmp_path / "torture/figures.json").read_bytes(), type=list[Report]) == reports
    table = (tmp_path / "torture/figures.md").read_text().splitlines()
    assert table[0] == "|  | postgres | redis |"
    assert "| acknowledged messages | 200 | 200 |" in table
    assert "| acknowledged changes | 7 | 7 |" in table
    assert "| lost | **1** | **1** |" in table
    cell = "2 (acks flowed again after 0.7 s, at most 0.9 s)"
    assert f"| kill -9 of a process | {cell} | {cell} |" in table
    assert (tmp_path / "torture/faults.png").read_bytes().startswith(b"\x89PNG")


def test_a_percentile_is_right_within_five_percent() -> None:
    buckets: dict[int, int] = {}
    for number in range(1, 1001):
        count(buckets, number / 1000)

    assert abs(percentile_s(buckets, 0.5) / 0.5 - 1) < 0.05
    assert abs(percentile_s(buckets, 0.99) / 0.99 - 1) < 0.05
    assert str(percentile_s({}, 0.5)) == "nan"
