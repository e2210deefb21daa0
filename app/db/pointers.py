"""Who points to a file, or to bytes: read from the foreign keys, so that a table that is new counts at once."""

from typing import Any

from sqlalchemy import Column, ColumnElement, and_, exists

from app.db.schema import metadata


def pointers_to(column: Column[Any]) -> list[Column[Any]]:
    """The columns that point to this one, but for those of rows that go with it."""
    keys = (key for table in metadata.sorted_tables for key in table.foreign_keys)
    return [key.parent for key in keys if key.column is column and key.ondelete != "CASCADE"]


def unused(column: Column[Any], value: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Nothing points to the row, or to the one with that value in the column."""
    target = column if value is None else value
    return and_(*(~exists().where(pointer == target) for pointer in pointers_to(column)))
