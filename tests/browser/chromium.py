"""Finds a Chromium or Chrome to test with: a headless shell, else the machine's, else Playwright's own, else Debian's.

A headless shell has no window and does not draw for one: the same tests take less than half of the processor's time.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.debian import install

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NONE_FOUND = (
    "The browser tests need Chromium or Chrome, and none could be found or installed. Install one (on Debian: "
    "apt-get install chromium), or name one in CHROME_PATH."
)
INSTALL_S = 300


class NoBrowser(Exception):
    """There is none, and none could be had."""


def find(own: str) -> str:
    """The path of a browser to start; `own` is where Playwright keeps its own.

    Raises:
        NoBrowser: the message says what to install.
    """
    return _named() or _shell() or _on_machine() or _own(own) or _debian() or _give_up()


def find_whole(own: str) -> str:
    """The path of a browser that is no shell. Raises NoBrowser."""
    return _named() or _on_machine() or _own(own) or _debian() or _give_up()


def _named() -> str | None:
    return os.environ.get("CHROME_PATH")


def _shell() -> str | None:
    return shutil.which(SHELL) or (shutil.which(SHELL) if install(SHELL) else None)


def _on_machine() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _own(path: str) -> str | None:
    if not Path(path).exists():
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    return path if Path(path).exists() else None


def _debian() -> str | None:
    install("chromium")
    return _on_machine()


def _run(*command: str) -> bool:
    print(" ".join(command), "…", file=sys.stderr)
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, timeout=INSTALL_S, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _give_up() -> str:
    raise NoBrowser(NONE_FOUND)
