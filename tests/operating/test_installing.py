"""`make run` mends a .venv that no longer works, and says in a sentence why it cannot install."""

import hashlib
import http.server
import os
import shutil
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.shipping.visiting import self_signed
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


def run(
    project: Path, *words: str, more: Mapping[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    """A command without a network: nobody is where packages come from."""
    dead = {"PIP_INDEX_URL": f"http://127.0.0.1:{free_port()}/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    return subprocess.run(
        words,
        cwd=project,
        env=inherited | dead | dict(more or {}),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        **options,
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


def wheel(folder: Path, name: str) -> str:
    """Make a package that has nothing in it; returns its hash."""
    folder.mkdir(exist_ok=True)
    path, about = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_has_another_hash_than_is_written_is_not_installed(project: Path) -> None:
    right = {name: wheel(project / "wheels", name) for name in ("first", "second", "third")}
    wrong = right | {"second": "0" * 64}
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project / "wheels")}

    def install(hashes: dict[str, str]) -> subprocess.CompletedProcess[str]:
        lines = [
            f"{name}==1.0 \\\n    --hash=sha256:{'1' * 64} \\\n    --hash=sha256:{hash}"
            for name, hash in hashes.items()
        ]
        (project / "requirements.txt").write_text("\n    # via nobody\n".join(lines) + "\n")
        return run(project, "sh", ".ci/install", "requirements.txt", more=environment)

    refused = install(wrong)
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert refused.stderr.splitlines()[-1].startswith("Not all packages are installed")
    assert install(right).returncode == 0
    installed = run(project, ".venv/bin/python", "-m", "pip", "freeze").stdout.split()
    assert installed == ["first==1.0", "second==1.0", "third==1.0"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_folder_that_may_not_be_written_is_a_sentence(world_folder: Path) -> None:
    folder = world_folder / "somebody-elses"
    (folder / ".ci").mkdir(parents=True, mode=0o755)
    shutil.copy(ROOT / ".ci/install", folder / ".ci/install")

    done = run(folder, "sh", ".ci/install", "requirements.txt", user=65534, group=65534)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"may not write to {folder}" in done.stderr
    assert "the owner of the folder, root." in done.stderr


@contextmanager
def unknown_index(folder: Path) -> Iterator[str]:
    """The address of a package index whose certificate nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        server.handle_error = lambda *_: None  # whoever hangs up
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        yield f"https://localhost:{server.server_port}/"
        server.shutdown()


def test_an_index_that_is_not_trusted_is_a_sentence(project: Path, tmp_path: Path) -> None:
    with unknown_index(tmp_path) as address:
        done = run(
            project, "sh", ".ci/install", "requirements.txt", more={"PIP_INDEX_URL": address, "PIP_RETRIES": "1"}
        )

    assert done.returncode == 1
    assert "a certificate that this machine does not trust" in done.stderr
    assert done.stderr.count("\n") == 1
