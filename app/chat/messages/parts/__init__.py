"""What a message carries beside its text: a file each. To add one, write the next file and name it in `PARTS`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from app.chat.messages.parts.mentions import MENTIONS
from app.chat.messages.parts.part import Part
from app.chat.messages.parts.quote import QUOTE
from app.chat.messages.parts.reactions import REACTIONS

PARTS: tuple[Part, ...] = (QUOTE, REACTIONS, MENTIONS)
TABLES = tuple(part.table for part in PARTS if part.table is not None)
_READERS = [(part.field, part.read) for part in PARTS]


def columns_of(found: FromClause) -> list[ColumnElement[Any]]:
    """The columns of all parts, for a table with the columns of `messages`."""
    return [part.column(found).label(part.field) for part in PARTS]


def fields_in(columns: Sequence[Any]) -> dict[str, Any]:
    """The fields of the event `message` that a row has in the columns of `columns_of`."""
    fields: dict[str, Any] = {}
    for (field, read), column in zip(_READERS, columns, strict=True):
        if column is not None:
            fields[field] = read(column)
    return fields
