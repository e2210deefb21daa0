"""What the readers of a room notice when a fifth of them stops reading.

    python -m bench.stopped [--sockets 1000] [--rounds 5]

Starts Parley with sockets in five processes, all in the Lobby, and one writer. Rounds alternate: in one everybody
reads, in the next one process of the five is stopped (SIGSTOP). Compare the others' p99 from post to delivery between
the two kinds of round, in one run; the milliseconds themselves are this machine's.
"""

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import psutil

from app.db.embedded import embedded
from bench.support.people import logged_in
from bench.support.readers import BIN_S, Flock
from bench.support.servers import SETTINGS
from bench.support.writer import Writer
from tests.support.processes import parley

FLOCKS = 5
PEOPLE = 100  # the sockets are theirs; more people would be more of presence, which is not measured here
PATIENCE_S = 60


@dataclass
class Stop:
    """What became of the sockets that stopped reading."""

    sockets: int
    cut_after_s: float
    memory_a_socket: float  # bytes, at the most


class Room:
    """A Parley, and flocks of readers in its Lobby."""

    def __init__(self, address: str, port: int, server: psutil.Process, cookies: list[str], a_flock: int) -> None:
        self.address, self.server = address, server
        self._port, self._a_flock = port, a_flock
        self._cookies = cookies
        self.flocks: list[Flock] = []
        self.fds_at_start = self.fds()

    @property
    def writers_cookie(self) -> str:
        return self._cookies[0]

    def fds(self) -> int:
        """The server's file descriptors, without those of its connections to the database: they come when needed."""
        return self.server.num_fds() - len(self.server.net_connections("unix"))

    def add_flock(self) -> None:
        cookies = [self._cookies[number % len(self._cookies)] for number in range(self._a_flock)]
        self.flocks.append(Flock(self._port, cookies, jitter_s=0.5))
        self.flocks[-1].until_live()

    def latencies(self) -> list[float]:
        """Seconds from post to delivery since this was asked last, rising, at all but the last flock."""
        counted: Counter[str] = Counter()
        for flock in self.flocks[:-1]:
            counted.update(flock.report()["latencies"])
        return [int(bin) * BIN_S for bin in sorted(counted, key=int) for _ in range(counted[bin])]

    def stop_one(self) -> Stop:
        """Let one flock stop reading; returns when the server has cut off all its sockets."""
        fds, memory = self.server.num_fds(), self.server.memory_info().rss
        begun = time.monotonic()
        self.flocks[-1].stop()
        most = memory
        while self.server.num_fds() > fds - self._a_flock:
            most = max(most, self.server.memory_info().rss)
            assert time.monotonic() < begun + PATIENCE_S, "they were not cut off"
            time.sleep(0.05)
        return Stop(self._a_flock, time.monotonic() - begun, (most - memory) / self._a_flock)

    def end_one(self) -> None:
        self.flocks.pop().end()


@contextmanager
def room(data: Path, sockets: int, flocks: int = FLOCKS) -> Iterator[Room]:
    """A Parley of its own with that many sockets, in as many processes."""
    with parley(data, **SETTINGS) as running:
        running.until_ready()
        address = embedded.address(data)
        assert address is not None
        cookies = logged_in(address, PEOPLE)
        server = psutil.Process(running.process.pid)
        made = Room(f"http://127.0.0.1:{running.port}", running.port, server, cookies, sockets // flocks)
        try:
            for _ in range(flocks):
                made.add_flock()
            yield made
        finally:
            while made.flocks:
                made.end_one()


@click.command(help=__doc__)
@click.option("--sockets", default=1_000, show_default=True)
@click.option("--rounds", default=5, show_default=True, help="How many rounds of each kind.")
@click.option("--seconds", default=20.0, show_default=True, help="How long a round is.")
@click.option("--rate", default=20, show_default=True, help="Messages a second.")
@click.option("--size", default=400, show_default=True, help="Characters a message.")
def main(sockets: int, rounds: int, seconds: float, rate: int, size: int) -> None:
    calm: list[list[float]] = []
    beset: list[list[float]] = []
    stops: list[Stop] = []
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        os.chmod(folder, 0o711)
        with room(Path(folder) / "data", sockets) as lobby:
            with Writer(lobby.address, lobby.writers_cookie, rate, size) as writer:
                time.sleep(3)  # the first seconds are everybody's
                for _ in range(rounds):
                    lobby.latencies()
                    time.sleep(seconds)
                    calm.append(lobby.latencies())
                    begun = time.monotonic()
                    stops.append(lobby.stop_one())
                    time.sleep(max(0, begun + seconds - time.monotonic()))
                    beset.append(lobby.latencies())
                    lobby.end_one()
                    lobby.add_flock()
            while lobby.flocks:
                lobby.end_one()
            fds = fds_left(lobby)
    report(calm, beset, stops)
    print(f"posted {writer.posted}, acknowledged {writer.acknowledged}; file descriptors left over: {fds}")


def fds_left(lobby: Room) -> int:
    """How many more descriptors the server has than at the start, once it had the time to see its sockets gone."""
    deadline = time.monotonic() + 30
    while (left := lobby.fds() - lobby.fds_at_start) > 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def report(calm: list[list[float]], beset: list[list[float]], stops: list[Stop]) -> None:
    for what, rounds in (("everybody reads", calm), ("a fifth has stopped", beset)):
        p50, p99 = (quantile(rounds, cut) * 1000 for cut in (0.5, 0.99))
        each = " ".join(f"{quantile([one], 0.99) * 1000:.1f}" for one in rounds)
        print(f"{what:20} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   n={sum(map(len, rounds))}   p99 by round: {each}")
    ratio = statistics.median(quantile([one], 0.99) for one in beset) / statistics.median(
        quantile([one], 0.99) for one in calm
    )
    print(f"ratio of the p99s (medians of the rounds): {ratio:.2f}")
    print(f"cut off after at most {max(stop.cut_after_s for stop in stops):.1f} s")
    print(f"memory a stopped socket: at most {max(stop.memory_a_socket for stop in stops) / 1024:.0f} KiB")


def quantile(rounds: Iterable[list[float]], cut: float) -> float:
    seconds = sorted(second for one in rounds for second in one)
    return seconds[int(len(seconds) * cut)] if seconds else float("nan")


if __name__ == "__main__":
    main()
