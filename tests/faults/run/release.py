"""The code of another commit, unpacked into a folder, and a process of it: it shares nothing with what runs here."""

import io
import os
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.run.warm import Process
from tests.support.processes import PARTS, ROOT, started_anew


def unpacked(revision: str, folder: Path, *more: str) -> Path:
    """All that Parley of that commit runs from, and more files of it, in this new folder.

    Raises:
        subprocess.CalledProcessError: git has no such commit.
    """
    command = ["git", "archive", revision, *PARTS, *more]
    packed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Anew(Process):
    """`python -m` with these words, in that folder; its errors go to that file."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], errors: int, code: Path) -> None:
        popen = started_anew(words, environment, errors, code=code)
        super().__init__(popen, os.pidfd_open(popen.pid))
