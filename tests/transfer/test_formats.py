"""Every format that the command line names has a reader, which refuses with a sentence what is not of it."""

from importlib import import_module
from pathlib import Path

import pytest

from app.transfer.command_line import FORMATS
from app.transfer.records import BadExport, Record

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", ["nothing", "folder", "text", "zip"])
def test_what_is_not_of_a_format_is_refused_with_a_sentence_or_holds_nothing(
    form: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "export"
    if what == "folder":
        path.mkdir()
    elif what != "nothing":
        path.write_bytes(b"PK\x03\x04 and no more" if what == "zip" else b"Dear team,\nthis is a letter.\n")

    found, sentence = records_or_refusal(form, path)

    assert found == []
    assert sentence.endswith(".")


def records_or_refusal(form: str, path: Path) -> tuple[list[Record], str]:
    """What the reader finds, and what it says where it refuses."""
    try:
        return [*import_module(f"app.transfer.readers.{form}").read(path)], "Nothing was refused."
    except BadExport as error:
        return [], error.message


@pytest.mark.parametrize("form", FORMATS)
def test_the_readme_names_every_format(form: str) -> None:
    assert f"`{form}`" in (ROOT / "README.md").read_text()
