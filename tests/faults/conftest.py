"""Where a run takes place."""

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def make_open_folder(fresh_folder: Path, model_folder: Path) -> Callable[[], Path]:
    """Makes folders through which the account of PostgreSQL passes, with a migrated database and nothing else."""
    numbers = itertools.count(1)

    def make() -> Path:
        folder = fresh_folder.with_name(f"{fresh_folder.name}-{next(numbers)}")
        folder.mkdir()
        folder.chmod(0o711)
        subprocess.run(["cp", "-a", str(model_folder), str(folder / "database")], check=True)
        return folder

    return make


@pytest.fixture
def open_folder(make_open_folder: Callable[[], Path]) -> Path:
    """One of them."""
    return make_open_folder()


@pytest.fixture
def bare_folder(fresh_folder: Path) -> Path:
    """One without a database."""
    fresh_folder.mkdir()
    fresh_folder.chmod(0o711)
    return fresh_folder
