"""What a page writes of a file, in the server's words and in those of the scripts."""

import json
from typing import Any

import pytest

from app.base.file_labels import file_labels
from tests.base.test_text import TESTS

CASES = json.loads((TESTS / "files.json").read_text("utf-8"))


@pytest.mark.parametrize(("file", "labels"), CASES)
def test_a_file_is_labelled_as_the_scripts_do_it(file: dict[str, Any], labels: dict[str, Any]) -> None:
    assert file_labels(file)._asdict() == labels
