"""What a socket costs that says nothing: the server's memory, over thousands of them."""

import time
from dataclasses import dataclass

from bench.support.load import Load, Work
from bench.support.servers import Start


@dataclass(frozen=True, slots=True)
class Idle:
    """The server's resident memory, in KiB a socket, and how long opening all of them took."""

    sockets: int
    kib_a_socket: float
    opened_s: float


def measure(start: Start, sockets: int, settle_s: float = 2) -> Idle:
    """Open as many sockets, ten in a room, and compare the server's memory before and `settle_s` after."""
    work = Work(rooms=sockets // 10, members=10, writers=0)
    with start(work) as server:
        before = server.process.memory_info().rss
        begun = time.monotonic()
        with Load(server.port, work, server.sockets):
            opened_s = time.monotonic() - begun
            time.sleep(settle_s)
            after = server.process.memory_info().rss
    return Idle(sockets, (after - before) / 1024 / sockets, opened_s)
