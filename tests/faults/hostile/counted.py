"""Parley that tells how many tasks its event loop has: `python -m tests.faults.hostile.counted worker`.

At SIGUSR1 each process writes the number into a file of the folder `COUNTED`, by its process id.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app import command_line
from app.process import server

FOLDER = "COUNTED"
LOOK_S = 0.05


def tasks(folder: Path, pids: Iterable[int]) -> int:
    """How many tasks these processes have together."""
    return sum(_tasks_of(folder / str(pid), pid) for pid in pids)


def _tasks_of(path: Path, pid: int) -> int:
    path.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR1)
    while not path.exists():
        time.sleep(LOOK_S)
    return int(path.read_text())


def main(*words: str) -> Any:
    serve = server.serve
    path = Path(os.environ[FOLDER]) / str(os.getpid())

    def write() -> None:
        half = path.with_suffix(".half")
        half.write_text(str(len(asyncio.all_tasks())))
        half.replace(path)

    async def serve_and_tell(*given: Any) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write)
        await serve(*given)

    server.serve = serve_and_tell  # type: ignore[assignment]
    return command_line.main(args=[*words], prog_name="parley")


if __name__ == "__main__":
    main(*sys.argv[1:])
