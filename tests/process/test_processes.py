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
print(os.nice(0), Path({str(AUTOGROUP)!r}).read_text())
"""


def nice_of_session(said: str) -> int:
    return int(re.findall(r"nice (-?[0-9]+)", said)[0])


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="the kernel does not compare sessions")
@pytest.mark.parametrize("is_own", [True, False], ids=["of its own", "of others"])
def test_who_gives_way_does_so_with_a_session_of_its_own_and_not_with_that_of_others(is_own: bool) -> None:
    ours = nice_of_session(AUTOGROUP.read_text())

    said = subprocess.check_output([sys.executable, "-c", GIVE_WAY], text=True, start_new_session=is_own)

    assert int(said.split()[0]) == min(19, os.nice(0) + NICE)
    assert nice_of_session(said) == (NICE if is_own else ours)
