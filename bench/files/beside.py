"""How late messages come while people share files, and what an upload takes of a process's memory."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psutil
import psycopg2

from bench.files.exchange import MEGABYTE
from bench.files.traffic import Traffic
from bench.stopped import quantile
from bench.support.load import Work
from bench.support.readers import BIN_S, Flock
from bench.support.servers import parley_server
from bench.support.writer import Writer

PEOPLE = 100  # the sockets are theirs
RATE, SIZE_CHARS = 20, 400  # of the messages
FLOCKS = 2
SAMPLE_S = 0.05


@dataclass(frozen=True, slots=True)
class Beside:
    """From post to delivery at readers, medians of the rounds: while nobody shares files, and while people do.

    `megabytes_a_second` is of files, both ways; `memory_an_upload` is in MiB, by which the process grew at the most
    while people only uploaded.
    """

    calm_p50_ms: float
    calm_p99_ms: float
    busy_p50_ms: float
    busy_p99_ms: float
    megabytes_a_second: float
    memory_an_upload: float

    @property
    def ratio(self) -> float:
        return self.busy_p99_ms / self.calm_p99_ms


def measure(
    readers: int, people: int, megabytes: float, pace: float, rounds: int, show: Callable[[str], None]
) -> Beside:
    """Let `people` upload a file of so many megabytes each, and as many download one; then all be calm for as long.

    Each has a line of `pace` megabytes a second, or with 0 one as fast as it goes.
    """
    calm, busy, seconds = [], [], []
    with parley_server(Work(members=PEOPLE), FILES_TOTAL_MB="1000000") as server:
        cookies = [cookie for _, cookie in server.sockets]
        with _flocks(server.port, cookies, readers) as flocks:
            size = int(megabytes * MEGABYTE)
            with (
                closing(Traffic(server.port, cookies[-2 * people :], size)) as traffic,
                Writer(f"http://127.0.0.1:{server.port}", cookies[0], RATE, SIZE_CHARS),
            ):
                # After the first files, which load what all of them need.
                memory = Memory(server.process)
                with memory:
                    traffic.go(people, 0, pace * MEGABYTE)
                _let_log_be_used_again(server.database_url)
                for number in range(rounds):
                    _latencies(flocks)
                    seconds.append(traffic.go(people, people, pace * MEGABYTE))
                    busy.append(_latencies(flocks))
                    time.sleep(seconds[-1])
                    calm.append(_latencies(flocks))
                    times = _times(calm[-1:], busy[-1:])
                    show(f"  round {number + 1} of {rounds}: {seconds[-1]:.1f} s, p50 and p99 {times}")
    moved = 2 * people * megabytes
    return Beside(*_times(calm, busy), moved / statistics.median(seconds), memory.grown / people / MEGABYTE)


class Memory:
    """How much a process grows at the most while a block runs, over what it had at first."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._before = process.memory_info().rss
        self.grown = 0

    def __enter__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        """Look now and then, and once more when it is over: the block may be shorter than a sample."""
        is_over = False
        while not is_over:
            is_over = self._over.wait(SAMPLE_S)
            self.grown = max(self.grown, self._process.memory_info().rss - self._before)


def _let_log_be_used_again(database_url: str) -> None:
    """As on a server that has had files before: a checkpoint gives the files of PostgreSQL's log back for new use."""
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("CHECKPOINT")


@contextmanager
def _flocks(port: int, cookies: Sequence[str], readers: int) -> Iterator[list[Flock]]:
    a_flock = [cookies[number % len(cookies)] for number in range(readers // FLOCKS)]
    flocks = [Flock(port, a_flock) for _ in range(FLOCKS)]
    try:
        for flock in flocks:
            flock.until_live()
        yield flocks
    finally:
        for flock in flocks:
            flock.end()


def _latencies(flocks: Sequence[Flock]) -> list[float]:
    """Seconds since this was asked last, rising."""
    counted: Counter[str] = Counter()
    for flock in flocks:
        counted.update(flock.report()["latencies"])
    return [int(bin) * BIN_S for bin in sorted(counted, key=int) for _ in range(counted[bin])]


def _times(calm: list[list[float]], busy: list[list[float]]) -> tuple[float, float, float, float]:
    """p50 and p99 of both, in ms; the medians of the rounds."""
    p50, p99, busy_p50, busy_p99 = (
        round(statistics.median(quantile([one], cut) for one in rounds) * 1000, 2)
        for rounds in (calm, busy)
        for cut in (0.5, 0.99)
    )
    return p50, p99, busy_p50, busy_p99
