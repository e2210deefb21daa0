"""The event `message`: the fields that every message has, and those of its parts, which are a file each in `parts/`.

To add a part, write the next file there, name it in `PARTS`, and give `Message` its field.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause

from app.chat.messages.parts.files import FILES, File
from app.chat.messages.parts.mentions import MENTIONS
from app.chat.messages.parts.part import Part
from app.chat.messages.parts.preview import PREVIEW, Preview
from app.chat.messages.parts.quote import QUOTE, Quote
from app.chat.messages.parts.reactions import REACTIONS, Reaction
from app.chat.wire.events import Author

PARTS: tuple[Part, ...] = (QUOTE, REACTIONS, MENTIONS, FILES, PREVIEW)
TABLES = tuple(part.table for part in PARTS if part.table is not None)
_READERS = [(part.field, part.read) for part in PARTS]


class Message(Struct, tag="message", frozen=True, omit_defaults=True):
    """The whole present state of a message.

    `html` is safe to show, and there only where the text has markup. `mentions` are ids of people; 0 is everybody. A
    deleted message has neither text nor reactions nor files.
    """

    room: int
    seq: int
    rev: int
    author: Author
    time: str
    text: str
    reply_to: int | None = None
    html: str | None = None
    mentions: tuple[int, ...] = ()
    quote: Quote | None = None
    edited: str | None = None
    deleted: bool = False
    reactions: list[Reaction] = []
    files: tuple[File, ...] = ()
    preview: Preview | None = None


def columns_of(found: FromClause) -> list[ColumnElement[Any]]:
    """The columns of all parts, for a table with the columns of `messages`."""
    return [part.column(found).label(part.field) for part in PARTS]


def fields_in(columns: Sequence[Any]) -> dict[str, Any]:
    """The fields of the event that a row has in the columns of `columns_of`."""
    fields: dict[str, Any] = {}
    for (field, read), column in zip(_READERS, columns, strict=True):
        if column is not None:
            fields[field] = read(column)
    return fields
