"""What is installed for a run is what the tests run with."""

import re

import pytest

from tests.support.processes import ROOT


def pinned(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {line.split()[0] for line in lines if "==" in line and not line.lstrip().startswith("#")}


def test_tests_run_with_the_packages_that_parley_runs_with() -> None:
    assert pinned("requirements.txt") <= pinned("requirements-dev.txt")


def test_every_package_that_parley_asks_for_is_pinned() -> None:
    asked = {line.split("#")[0].split("[")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()}
    assert asked - {""} <= {line.split("==")[0].split("[")[0] for line in pinned("requirements.txt")}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_of_each_package_it_is_written_what_it_must_be(name: str) -> None:
    """Its hashes: of what is for any machine, so that pip takes no other, wherever it comes from."""
    packages = re.split(r"^(?=[a-z])", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]

    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert len(packages) >= len(pinned(name)) > 50
