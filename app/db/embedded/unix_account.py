"""Whom the embedded PostgreSQL runs as: us, or for root, whom PostgreSQL refuses, an account without rights."""

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from app.base.errors import BadConfig
from app.process.processes import dies_with_us

UNPRIVILEGED = ("postgres", "nobody")
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # without PGPORT, PGDATA, LD_PRELOAD … of whoever starts us


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    is_us: bool

    @classmethod
    def choose(cls) -> Self:
        """Us, or when we are root the first account of `postgres` and `nobody` that this machine has."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), is_us=True)
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        for name in UNPRIVILEGED:
            if name in known:
                return cls(known[name].pw_uid, known[name].pw_gid, is_us=False)
        raise BadConfig(
            "PostgreSQL does not run as root, and this machine has neither an account 'postgres' nor 'nobody'. "
            "Start Parley as another user, or set DATABASE_URL to a PostgreSQL of yours."
        )

    @property
    def name(self) -> str:
        return pwd.getpwuid(self.uid).pw_name if not self.is_us else "this user"

    def run(self, command: list[str], log: IO[bytes] | int = subprocess.DEVNULL, folder: str = "/") -> int:
        """Run a command as this account in a folder, what it says going to `log`; returns its exit code."""
        with self.start(command, log, signal.SIGKILL, folder) as process:
            try:
                return process.wait()
            except BaseException:
                process.kill()
                raise

    def start(
        self, command: list[str], log: IO[bytes] | int, last_signal: signal.Signals, folder: str = "/"
    ) -> subprocess.Popen[bytes]:
        """Start a child of this account that gets `last_signal` when we die.

        It has a session of its own: a Ctrl-C in the terminal reaches us alone, and we stop things in order.
        """
        switch: dict[str, Any] = {} if self.is_us else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.Popen(  # noqa: S603 (our own list of words, no shell)
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,  # ours may be closed to the account
            env=CLEAN_ENVIRONMENT,
            start_new_session=True,
            preexec_fn=dies_with_us(last_signal),
            **switch,
        )

    def can_enter(self, folder: Path) -> bool:
        """Asked of the system rather than worked out from modes: there are access lists and namespaces too."""
        return self.is_us or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]) == 0

    def give(self, folder: Path) -> None:
        """Hand over a folder that we have just made, closed to everybody else."""
        folder.chmod(0o700)
        if not self.is_us:
            os.chown(folder, self.uid, self.gid)
