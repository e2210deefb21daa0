"""What is installed for a run is what the tests run with."""

from tests.support.processes import ROOT


def pinned(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {line.split(" ;")[0] for line in lines if "==" in line and not line.lstrip().startswith("#")}


def test_tests_run_with_the_packages_that_parley_runs_with() -> None:
    assert pinned("requirements.txt") <= pinned("requirements-dev.txt")


def test_every_package_that_parley_asks_for_is_pinned() -> None:
    asked = {line.split("#")[0].split("[")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()}
    assert asked - {""} <= {line.split("==")[0].split("[")[0] for line in pinned("requirements.txt")}
