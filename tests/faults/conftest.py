"""Where a run takes place."""

from pathlib import Path

import pytest


@pytest.fixture
def open_folder(fresh_folder: Path) -> Path:
    """An empty folder through which the account of PostgreSQL passes."""
    fresh_folder.mkdir()
    fresh_folder.chmod(0o711)
    return fresh_folder
