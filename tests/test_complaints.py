"""docs/COMPLAINTS.md names tests that exist, for each of the twenty."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)


def test_every_complaint_is_answered_by_tests_that_exist_or_by_a_sentence() -> None:
    rows = ROW.findall((ROOT / "docs" / "COMPLAINTS.md").read_text())
    tests = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }

    assert [int(number) for number, *_ in rows] == list(range(1, 21))
    for number, _, answer in rows:
        named = re.findall(r"`(test_\w+)`", answer)
        assert set(named) <= tests, number
        assert named or answer.endswith("."), number
