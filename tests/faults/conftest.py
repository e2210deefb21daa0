"""Where a run takes place."""

import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def open_folder(fresh_folder: Path, model_folder: Path) -> Path:
    """A folder through which the account of PostgreSQL passes, with a migrated database in it and nothing else."""
    fresh_folder.mkdir()
    fresh_folder.chmod(0o711)
    subprocess.run(["cp", "-a", str(model_folder), str(fresh_folder / "database")], check=True)
    return fresh_folder
