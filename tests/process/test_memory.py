"""Memory that a rush took goes back to the system."""

import subprocess
import sys

import pytest

MIB = 1024 * 1024
RUSH = """
import asyncio
import sys
from app.process import memory

class Node:
    def __init__(self, text):
        self.text, self.itself = text, self  # what is a cycle waits for the collector

async def until_given_back(most):
    while memory.resident() > most:
        await asyncio.sleep(0.05)

async def main():
    memory.settle()
    memory.LOOK_S = 0.1
    loop = asyncio.create_task(memory.give_back_for_ever())
    await asyncio.sleep(0)
    before = memory.resident()
    rush = [Node(bytearray(1_000)) for _ in range(60_000)]
    grown = memory.resident() - before
    kept = rush[::50]  # between what is free, so that malloc does not give it back by itself
    rush.clear()
    print(grown, flush=True)
    if sys.argv[1] == "busy":
        memory.QUIET_CORES = 0.0
    async with asyncio.timeout(float(sys.argv[2])):
        await until_given_back(before + grown // 2)
    print("given back")

asyncio.run(main())
"""


def rushed(busy: str, within_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", RUSH, busy, str(within_s)], capture_output=True, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives back what is free")
def test_what_a_rush_took_goes_back_when_there_is_little_to_do() -> None:
    done = rushed("quiet", 120.0)

    grown, *rest = done.stdout.splitlines()
    assert int(grown) > 16 * MIB
    assert rest == ["given back"], done.stderr


def test_a_busy_process_is_not_held_up_by_that() -> None:
    done = rushed("busy", 1.0)

    assert done.stdout.splitlines()[1:] == []
    assert "TimeoutError" in done.stderr
