"""Small disks, to be filled in earnest."""

import itertools
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

MIB = 1024 * 1024
Mount = Callable[[int], Path]


@contextmanager
def mounting(around: Path) -> Iterator[Mount]:
    """Makes disks of so many MiB, in memory."""
    with ExitStack() as disks:

        def mount(size_mib: int) -> Path:
            folder = around / f"disk-{uuid.uuid4().hex[:8]}"
            folder.mkdir()
            options = f"size={size_mib}m,mode=0711"
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True)
            if done.returncode != 0:
                pytest.skip("a small disk can be mounted by root alone, and not in every container")
            disks.callback(subprocess.run, ["umount", "--lazy", folder], check=True)
            return folder

        yield mount


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Write until there is no space left; give it back at the end."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for chunk in (bytes(MIB), bytes(4096)):
            with pytest.raises(OSError, match="No space left"):
                file.writelines(itertools.repeat(chunk))
    try:
        yield
    finally:
        filler.unlink()
