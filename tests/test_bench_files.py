"""The bench of files: that its figures are those of what was seen, and that its guard sees what costs too much."""

import time
from dataclasses import replace
from mmap import mmap

import psutil

from bench.files import report
from bench.files.alone import Alone
from bench.files.beside import Beside, Memory
from bench.files.exchange import MEGABYTE, Paced

BESIDE = Beside(calm_p50_ms=5, calm_p99_ms=20, busy_p50_ms=6, busy_p99_ms=22, megabytes_a_second=50, memory_an_upload=4)
ALONE = Alone(upload_s=1.5, download_s=1.2, bare_upload_s=0.6, bare_download_s=0.4, by_kernel_s=0.1)


def test_nothing_is_wrong_where_all_is_just_within_its_bounds() -> None:
    assert report.guard({"beside": {"ten": BESIDE}, "alone": ALONE}) == []


def test_the_guard_names_each_thing_that_costs_too_much() -> None:
    beside = replace(BESIDE, busy_p99_ms=23, memory_an_upload=4.1)
    alone = replace(ALONE, upload_s=2, download_s=1.3)

    late, large, slow_up, slow_down = report.guard({"beside": {"ten": beside}, "alone": alone})

    assert late == "ten: the p99 of messages is 1.15 times as long; at most 1.1 may be."
    assert large == "ten: an upload takes 4.1 MiB; at most 4 may be."
    assert slow_up == "An upload has 0.30 of the bare handler's speed; at least a third must be."
    assert slow_down.startswith("A download has 0.31")


def test_of_those_beside_only_the_first_is_guarded() -> None:
    assert report.guard({"beside": {"paced": BESIDE, "as fast as it goes": replace(BESIDE, busy_p99_ms=500)}}) == []


def test_what_was_not_measured_is_neither_said_nor_wrong() -> None:
    assert (report.lines({}), report.guard({})) == ([], [])


def test_every_figure_is_said() -> None:
    beside, up, down = report.lines({"beside": {"ten": BESIDE}, "alone": ALONE})

    assert "p99 of messages 22.0 ms, 20.0 ms without: 1.10 times; 50 MB of files a second; 4.0 MiB" in beside
    assert up == "upload: 1.50 s, bare 0.60 s: 0.40 times"
    assert down == "download: 1.20 s, bare 0.40 s: 0.33 times (by the kernel alone: 0.10 s)"


def test_memory_is_what_a_process_took_at_the_most() -> None:
    memory = Memory(psutil.Process())

    with memory, mmap(-1, 64 * MEGABYTE) as fresh:  # not of what the process has freed and not given back
        fresh.write(b"x" * len(fresh))
    assert memory.grown > 50 * MEGABYTE


def test_a_paced_file_comes_whole_and_no_faster_than_its_line() -> None:
    content, begun = bytes(range(256)) * 400, time.monotonic()
    source = Paced(content, pace=len(content) / 0.2)

    came = b"".join(iter(lambda: source.read(10_000), b""))

    assert came == content
    assert time.monotonic() - begun >= 0.2
