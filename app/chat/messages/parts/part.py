"""The shape that all parts of a message have, so that what handles messages need not name each part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table

from app.chat.messages.parts.amendment import Kind
from app.chat.wire.commands import Amendment


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A field of the event `message`, and the column of the same name in the statement that reads messages.

    Attributes:
        field: its name in the event, as in `app.chat.messages.message.Message`.
        column: the column for a table with the columns of `messages`: one look into an index, no statement a message.
        read: makes the value of the field from that of the column; where that is NULL, the field is left out.
        table: where its rows stand, by `room_id` and `seq`; they are deleted with the text of the message.
        amendments: what the commands do that change it.
    """

    field: str
    column: Callable[[FromClause], ColumnElement[Any]]
    read: Callable[[Any], Any]
    table: Table | None = None
    amendments: Mapping[type[Amendment], Kind] = MappingProxyType({})
