"""Parley as it was at 328a7ee, with its own packages: it is measured beside the present one, in the same run.

It had no search, files, notices or second factors. It is unpacked into `.venv`, once, with an environment of its own.
"""

import functools
import shutil
import subprocess
import sys
from pathlib import Path

from tests.faults.run.release import unpacked
from tests.support.processes import ROOT

REVISION = "328a7ee"
FOLDER = ROOT / ".venv" / f"parley-{REVISION}"


@functools.cache
def code(folder: Path = FOLDER) -> Path | None:
    """The folder with its code and, in `.venv`, its packages.

    None where there is no git, git does not know the commit, as in a shallow clone, or the packages cannot be had; that
    is said on stderr.
    """
    done = folder / "done"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _make(folder)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"The Parley of before cannot be measured: {error}", file=sys.stderr)
            return None
        done.touch()
    return folder


def _make(folder: Path) -> None:
    unpacked(REVISION, folder, "requirements.txt")
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    pip = [folder / ".venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--compile"]
    subprocess.run([*pip, "-r", folder / "requirements.txt"], check=True)
