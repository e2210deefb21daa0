"""Programs that tests need and pip does not bring: the machine's own, else Debian's package."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

INSTALL_S = 300


def program(name: str, package: str) -> str:
    """The path of a program, installed when we are root on a Debian; skips the test where it cannot be had."""
    found = _on_machine(name)
    if found is None and install(package):
        found = _on_machine(name)
    return found or pytest.skip(f"{name} is not on this machine and could not be installed (Debian: {package})")


def install(package: str) -> bool:
    """Install a package of Debian, if this machine is one and lets us."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    # apt-get refuses to run twice at once, and tests run on several cores.
    with (Path(tempfile.gettempdir()) / "parley-apt.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installing = ("apt-get", "install", "-qy", "--no-install-recommends", package)
        return _run(*installing) or (_run("apt-get", "update", "-q") and _run(*installing))


def _on_machine(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _run(*command: str) -> bool:
    print(" ".join(command), "…", file=sys.stderr)
    # A package that starts its server at once would take the port from the machine's owner.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
