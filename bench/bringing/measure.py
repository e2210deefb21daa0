"""An export brought in by the command line, in turns with the least that it takes, each into a database of its own."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psycopg2

from app.db import migrate
from app.db.embedded import embedded
from bench.bringing import made
from tests.support.processes import ROOT, SETTINGS_OF_OURS

MIB = 1024


class Took(NamedTuple):
    """Seconds on the clock, seconds of CPU, and the most memory that the process held."""

    seconds: float
    cpu_s: float
    mib: float


def measure(messages: int, rounds: int, show: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """The medians of both, and how many messages came; each round begins with an empty database."""
    took: dict[str, list[Took]] = {"bare": [], "import": []}
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        os.chmod(folder, 0o711)
        path = Path(folder, "slack.zip")
        show(f"writing {messages:,} messages …")
        made.write(path, messages)
        with embedded.running(Path(folder) / "postgres", lambda _: None) as database:
            for number in range(1, rounds + 1):
                for name, words in _commands(path).items():
                    url = _emptied(database.url)
                    took[name].append(_took([each.format(url=url) for each in words], url))
                    show(f"round {number}: {name} took {took[name][-1].seconds:.1f} s")
    return {name: _median(every) for name, every in took.items()}


def _commands(path: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    return {
        "bare": [*python, "bench.bringing.bare", "{url}", str(path)],
        "import": [*python, "app", "import", "slack", str(path)],
    }


def _emptied(url: str) -> str:
    """The address of a database that was migrated, and has nothing in it."""
    with psycopg2.connect(url) as conn, conn.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CHECKPOINT")
    migrate.upgrade(url, lambda _: None)
    return url


def _took(words: list[str], url: str) -> Took:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OURS}
    begun = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=ROOT, env={**inherited, "DATABASE_URL": url}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        assert process.stderr is not None
        raise RuntimeError(process.stderr.read().decode())
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def _median(every: list[Took]) -> dict[str, float]:
    return {name: statistics.median(getattr(each, name) for each in every) for name in Took._fields}
