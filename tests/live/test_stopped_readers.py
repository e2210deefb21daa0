"""A third of a room's readers stops, without a word: they are cut off, and the others get everything."""

import time
from pathlib import Path

import pytest

from bench.stopped import fds_left, room
from bench.support.writer import Writer
from tests.support.load import PATIENCE_S, watched
from tests.support.processes import until

SOCKETS, FLOCKS = 300, 3
CUT_S = 15
NOISE = 1.5  # on a machine that does other work, too: late must look different from never
MIB = 1024 * 1024


@pytest.mark.parametrize("rate", [25, 2], ids=["busy", "quiet"])
def test_stopped_readers_are_cut_off_in_time_and_cost_little_and_the_others_get_everything(
    fresh_folder: Path, rate: int
) -> None:
    with room(fresh_folder, SOCKETS, FLOCKS) as lobby:
        with Writer(lobby.address, lobby.writers_cookie, rate, size=1_600) as writer:
            until(lambda: writer.acknowledged > 10)

            with watched() as slowest:
                stop = lobby.stop_one()

        assert stop.cut_after_s <= NOISE * CUT_S * slowest()
        assert stop.memory_a_socket <= 1.1 * MIB

        others = SOCKETS - SOCKETS // FLOCKS
        received = 0
        deadline = time.monotonic() + PATIENCE_S
        while received < writer.posted * others and time.monotonic() < deadline:
            received += len(lobby.latencies())
        assert received == writer.posted * others
        assert writer.acknowledged == writer.posted

        while lobby.flocks:
            lobby.end_one()
        assert fds_left(lobby) == 0
