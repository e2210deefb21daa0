"""A wish to stop that comes while Python frees an object, where nothing that is raised gets through."""

import subprocess
import sys

from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT

WISHED_WHILE_FREEING = """
import asyncio, os, signal, weakref
from app.process.stopping import Stopping

class Freed:
    pass

stopping = Stopping()
stopping.install()
freed = Freed()
wish = weakref.ref(freed, lambda _: os.kill(os.getpid(), signal.SIGTERM))
del freed
print("dropped", flush=True)
"""
NOBODY_LISTENS = "while True: signal.pause()"
SOMEBODY_LISTENS = """
async def main():
    with stopping.as_event() as stop:
        await stop.wait()

stopping.is_the_end()
asyncio.run(main())
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def test_a_wish_to_stop_that_was_dropped_ends_what_does_not_listen() -> None:
    ended = run(WISHED_WHILE_FREEING + NOBODY_LISTENS)

    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + 15, "dropped\n", "")


def test_a_wish_to_stop_that_was_dropped_reaches_who_listens_a_moment_later() -> None:
    ended = run(WISHED_WHILE_FREEING + SOMEBODY_LISTENS)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "dropped\n", "")


def test_what_else_is_dropped_is_told() -> None:
    ended = run(WISHED_WHILE_FREEING.replace("os.kill(os.getpid(), signal.SIGTERM)", "1 / 0"))

    assert ended.returncode == 0
    assert "ZeroDivisionError" in ended.stderr
