"""Clusters of any PostgreSQL on this machine, beside the one that Parley brings along; thrown away afterwards."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from app.db.embedded.unix_account import Account

START_S = 60
MACHINES_OWN = Path("/usr/lib/postgresql")
_OPTIONS = {"listen_addresses": "", "shared_buffers": "64MB", "fsync": "off", "autovacuum": "off"}


class DoesNotRun(Exception):
    """Its `initdb` fails."""


def machines_own() -> list[Path]:
    """The folders with the programs of each PostgreSQL that Debian's packages have installed, the newest first."""
    found = (path.parent for path in MACHINES_OWN.glob("*/bin/postgres"))
    return sorted(found, key=lambda programs: float(programs.parent.name), reverse=True)


@contextmanager
def cluster(
    programs: Path, folder: Path, *, environment: Mapping[str, str] | None = None, **options: str
) -> Iterator[str]:
    """Serve a cluster that is made in `folder`, which is not there yet; the address of its database.

    Raises:
        DoesNotRun
    """
    account = Account.choose()
    folder.mkdir()
    account.give(folder)
    env = ["/usr/bin/env", *(f"{name}={value}" for name, value in (environment or {}).items())]
    words = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=parley", "--no-sync"]
    if account.run([*env, str(programs / "initdb"), *words, "-D", str(folder / "data")]) != 0:
        raise DoesNotRun(f"{programs}/initdb fails")
    settings = _OPTIONS | {"unix_socket_directories": str(folder)} | options
    command = [*env, str(programs / "postgres"), "-D", str(folder / "data")]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with account.start(command, subprocess.DEVNULL, signal.SIGINT) as server:
        try:
            yield _until_it_answers(f"postgresql://parley@/postgres?host={folder}")
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
            shutil.rmtree(folder)


def _until_it_answers(url: str) -> str:
    deadline = time.monotonic() + START_S
    while True:
        try:
            psycopg2.connect(url).close()
            return url
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
