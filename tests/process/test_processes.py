"""A process that leaves the cores to others."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.process.processes import NICE

AUTOGROUP = Path("/proc/self/autogroup")
GIVE_WAY = f"""
import os
from pathlib import Path
from app.process.processes import give_way
give_way()
autogroup = Path({str(AUTOGROUP)!r})
print(os.nice(0), autogroup.read_text() if autogroup.exists() else "")
"""


def nice_of_session(said: str) -> int:
    return int(re.findall(r"nice (-?[0-9]+)", said)[0])


def kernel_compares_sessions() -> bool:
    """Whether it says so of ours: in the first session of some containers the file is there and empty."""
    return AUTOGROUP.exists() and AUTOGROUP.read_text() != ""


def after_giving_way(is_own: bool) -> str:
    return subprocess.check_output([sys.executable, "-c", GIVE_WAY], text=True, start_new_session=is_own)


@pytest.mark.parametrize("is_own", [True, False], ids=["in a session of its own", "in that of others"])
def test_who_gives_way_is_nice(is_own: bool) -> None:
    assert int(after_giving_way(is_own).split()[0]) == min(19, os.nice(0) + NICE)


@pytest.mark.skipif(not kernel_compares_sessions(), reason="the kernel does not compare sessions")
@pytest.mark.parametrize("is_own", [True, False], ids=["of its own", "of others"])
def test_who_gives_way_does_so_with_a_session_of_its_own_and_not_with_that_of_others(is_own: bool) -> None:
    ours = nice_of_session(AUTOGROUP.read_text())

    assert nice_of_session(after_giving_way(is_own)) == (NICE if is_own else ours)
