"""The image and the slug have what Parley runs from, and nothing that is nobody's business."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.shipping.ignoring import files, in_image, in_slug
from tests.support.processes import ROOT, parley

NEEDED = {"app", "migrations", "static", "templates", "alembic.ini"}
SECRETS = (
    *(".env", ".env.production", "secret_key", "parley.dump", "id_ed25519", "certificate.pem", "data/secret_key"),
    *("data/backups/2026-11-30.dump", "app/.env", "static/.DS_Store", "notes.txt", "export/users.jsonl"),
)
MADE = (
    *(".git/config", ".git/objects/pack/pack-1.pack", ".venv/bin/python", ".mypy_cache/3.13/app.json"),
    *("app/__pycache__/main.cpython-313.pyc", "app/base/text.pyc", "node_modules/x/y.js", "torture/log"),
)


def tops(paths: Iterable[str]) -> set[str]:
    return {path.split("/")[0] for path in paths}


def test_an_image_has_what_it_runs_from_and_nothing_else() -> None:
    paths = [*files(), *SECRETS, *MADE]

    kept = in_image(paths)

    assert tops(kept) == NEEDED | {"LICENSE", "requirements.txt"}
    assert {*kept} & {*SECRETS, *MADE} == set()
    ours = [path for path in files() if path.split("/")[0] in NEEDED and "__pycache__" not in path]
    assert {*ours} <= {*kept}


def test_a_slug_lacks_tests_and_what_is_measured_only() -> None:
    left_out = {*files()} - {*in_slug(files())}

    assert tops(path for path in left_out if not path.startswith("docs/")) == {"bench", "findings", "tests"}
    assert {path.rpartition(".")[2] for path in left_out if path.startswith("docs/")} == {"png"}


@pytest.mark.parametrize("left", [in_image, in_slug], ids=["image", "slug"])
def test_what_is_left_starts_and_serves(
    left: Callable[[Iterable[str]], list[str]], tmp_path: Path, fresh_folder: Path
) -> None:
    code = tmp_path / "code"
    for path in left(files()):
        (code / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, code / path)

    with parley(fresh_folder, code=code) as running:
        running.until_ready()

        assert [running.get(path) for path in ("/readyz", "/signin", "/manifest.webmanifest")] == [200] * 3
