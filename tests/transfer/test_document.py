"""docs/EXPORT.md describes each line of an export, in a form that programs read, too."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.transfer import lines

TEXT = (Path(__file__).parents[2] / "docs" / "EXPORT.md").read_text()


def schema() -> dict[str, Any]:
    """The JSON Schema of a line."""
    (line,), parts = msgspec.json.schema_components([lines.Line], ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **line, "$defs": parts}


def block() -> str:
    """The schema as it stands in the document: a part a line."""
    whole = schema()
    parts = ",\n".join(f'  "{name}": {json.dumps(part)}' for name, part in whole.pop("$defs").items())
    head = ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in whole.items())
    return f'```json\n{{\n{head},\n"$defs": {{\n{parts}\n}}\n}}\n```'


def test_the_document_has_the_schema_of_a_line() -> None:
    assert block() in TEXT, f"paste this into docs/EXPORT.md:\n{block()}"


@pytest.mark.parametrize(
    "line", [lines.Chat, lines.Person, lines.Room, lines.Member, lines.Message, lines.Reaction, lines.File]
)
def test_the_document_names_every_field(line: type[msgspec.Struct]) -> None:
    missing = [name for name in line.__struct_fields__ if not re.search(rf"`{name}`", TEXT)]

    assert missing == []
