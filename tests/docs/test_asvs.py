"""docs/ASVS.md has every line of the standard's levels 1 and 2, and names tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "ASVS.md").read_text()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+), ([12]) \| ([^|]+) \| ([^|]+) \| (.*) \|$", re.MULTILINE)
ROWS = ROW.findall(DOCUMENT)
VERDICTS = ("holds", "in part", "not yet", "who runs it", "does not apply")


def names_in(shown: str) -> list[tuple[str, str]]:
    return re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", shown)


def test_every_line_of_levels_1_and_2_is_there_once_with_its_level() -> None:
    asked = (Path(__file__).with_name("asvs_5_0_0.txt")).read_text().splitlines()

    assert len(asked) == 253
    assert [f"{number} {level}" for number, level, *_ in ROWS] == asked


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_lines_of_each_kind_are_counted(verdict: str) -> None:
    count = sum(has == verdict for _, _, _, has, _ in ROWS)

    assert f"| {verdict} | {count} |" in DOCUMENT
    assert {has for _, _, _, has, _ in ROWS} <= {*VERDICTS}


@pytest.mark.parametrize(("number", "verdict", "shown"), [(row[0], row[3], row[4]) for row in ROWS])
def test_a_line_has_its_tests_or_its_reason(number: str, verdict: str, shown: str) -> None:
    assert shown.strip()
    for path, name in names_in(shown):
        assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), (path, name)
    assert shown.count("::") == len(names_in(shown))  # none is spelt in another way
