"""`make run` mends a .venv that no longer works, and says in a sentence why it cannot install."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, free_port


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one package, with our way to install it."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/install", tmp_path / ".ci/install")
    for name in ("Makefile", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "requirements.txt").write_text("click==8.1.0\n")
    return tmp_path


def run(project: Path, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """A command without a network: nobody is where packages come from."""
    dead = {"PIP_INDEX_URL": f"http://127.0.0.1:{free_port()}/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    return subprocess.run(
        words, cwd=project, env=inherited | dead, capture_output=True, text=True, timeout=PATIENCE_S, **options
    )


def test_a_venv_whose_python_went_is_made_anew_and_no_network_is_a_sentence(project: Path) -> None:
    binaries = project / ".venv/bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to("/nowhere/python3")
    stamp = run(project, "sh", "-c", "cksum < requirements.txt | cut -d' ' -f1").stdout.strip()
    (project / f".venv/run-{stamp}").touch()
    assert "sh .ci/install requirements.txt" in run(project, "make", "-n", "run").stdout

    done = run(project, "sh", ".ci/install", "requirements.txt")

    assert done.returncode == 1
    assert "Making .venv with Python 3" in done.stdout
    assert done.stderr.startswith("The packages cannot be fetched: there is no network here")
    assert done.stderr.count("\n") == 1
    (project / f".venv/run-{stamp}").touch()
    assert "sh .ci/install" not in run(project, "make", "-n", "run").stdout  # one that works stays


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_folder_that_may_not_be_written_is_a_sentence(world_folder: Path) -> None:
    folder = world_folder / "somebody-elses"
    (folder / ".ci").mkdir(parents=True, mode=0o755)
    shutil.copy(ROOT / ".ci/install", folder / ".ci/install")

    done = run(folder, "sh", ".ci/install", "requirements.txt", user=65534, group=65534)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"may not write to {folder}" in done.stderr
    assert "the owner of the folder, root." in done.stderr
