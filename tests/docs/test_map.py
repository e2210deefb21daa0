"""docs/ARCHITECTURE.md is a map that fits one screen, and shows each folder of the server at its height."""

import re

from tests.test_architecture import APP, ROOMS, ROOT

MAP = (ROOT / "docs/ARCHITECTURE.md").read_text()
ROWS = [re.findall(r"`([^`]+)`", row) for row in re.findall(r"^\| [^|]+ \| (`.+) \|$", MAP, re.MULTILINE)]
HEIGHTS = {name.rstrip("/"): height for height, row in enumerate(ROWS) for name in row}
WORDS = 700


def test_it_fits_one_screen() -> None:
    assert len(MAP.split()) <= WORDS


def test_it_has_each_folder() -> None:
    folders = {path.name for path in APP.iterdir() if path.is_dir() and not path.name.startswith("__")}
    of_chat = {path.name for path in (APP / "chat").iterdir() if path.is_dir() and not path.name.startswith("__")}

    assert folders | of_chat == {name for name in HEIGHTS if not name.endswith(".py")}


def test_what_a_folder_may_import_stands_beside_it_or_below() -> None:
    pairs = {(one.partition("/")[0], other.partition("/")[0]) for one, below in ROOMS.items() for other in below}

    assert {(one, other) for one, other in pairs if one in HEIGHTS and HEIGHTS[one] > HEIGHTS[other]} == set()
