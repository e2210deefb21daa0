"""Every format that the command line names has a reader, which refuses with a sentence what is not of it."""

from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.transfer.command_line import FORMATS
from app.transfer.records import BadExport, Record
from tests.recovery.test_command_line import run
from tests.transfer.readers.reading import zip_of

ROOT = Path(__file__).parents[2]
SLACK = {"users.json": b"[]", "channels.json": b'[{"id":"C1","name":"general"}]'}


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


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ("mattermost", {"import.jsonl": b"[" * 100_000}),
        ("slack", {**SLACK, "general/2023-11-14.json": b'[{"ts":"1.1","blocks":[' + b'{"a":' * 100_000}),
        ("zulip", {"realm.json": b'{"zerver_recipient":[' + b'{"a":' * 100_000}),
    ],
)
def test_values_that_lie_too_deep_in_each_other_are_refused_with_a_sentence(
    database: Engine, tmp_path: Path, form: str, files: dict[str, bytes]
) -> None:
    done = run(database, "import", form, str(zip_of(tmp_path / "export.zip", files)))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "too deep in each other" in done.stderr


@pytest.mark.parametrize("content", [b"Dear\n\x1b[31mteam", b'{"id":[1\n\x1b[31mred, and much more behind it'])
def test_a_sentence_has_one_line_whatever_stands_in_the_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)

    _, sentence = records_or_refusal("telegram", path)

    assert " in front of " in sentence
    assert sentence.isprintable()


def records_or_refusal(form: str, path: Path) -> tuple[list[Record], str]:
    """What the reader finds, and what it says where it refuses."""
    try:
        return [*import_module(f"app.transfer.readers.{form}").read(path)], "Nothing was refused."
    except BadExport as error:
        return [], error.message


@pytest.mark.parametrize("form", FORMATS)
def test_the_readme_names_every_format(form: str) -> None:
    assert f"`{form}`" in (ROOT / "README.md").read_text()
