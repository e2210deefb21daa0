"""Imports go one way: main → people, rooms → chat → auth → db; rooms, chat, main → live → db. Packages that know no
feature stay so."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"

# What anyone may use: no feature, no state.
SHARED = {"config", "errors", "folding", "processes", "text", "unicode"}
EDGE = {"proxy", "forms", "asked", "redirects"}  # what a request says, for features that answer requests
ALLOWED = {
    "db": {"db"},
    "live": {"live", "db"},
    "auth": {"auth", "db", *EDGE},
    "chat": {"chat", "auth", "live", "db", *EDGE},
    "people": {"people", "chat", "auth", "db", *EDGE},
    "rooms": {"rooms", "chat", "auth", "live", "db", *EDGE},
}


def imported(file: Path) -> set[str]:
    """The parts of `app` that a file imports: `auth` for `app.auth.service`."""
    parts: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        parts |= {name.split(".")[1] for name in names if name.startswith("app.")}
    return parts


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    files = [*(APP / package).rglob("*.py")]
    assert files

    strays = {(file.name, part) for file in files for part in imported(file) - ALLOWED[package] - SHARED}

    assert strays == set()


@pytest.mark.parametrize("shared", sorted(SHARED))
def test_what_everybody_uses_imports_nothing_but_its_like(shared: str) -> None:
    assert imported(APP / f"{shared}.py") <= SHARED


def test_no_file_is_more_than_a_noun_or_two() -> None:
    long = {file.name: lines for file in APP.rglob("*.py") if (lines := len(file.read_text().splitlines())) > 260}

    assert long == {}
