"""The reactions to a message: each emoji with the people who use it."""

import msgspec
from sqlalchemy import ColumnElement, FromClause, Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.chat.messages.parts.part import Part
from app.chat.wire.events import Author, Reaction
from app.db.schema import reactions, users

_reacting = users.alias("reacting")
_reaction = func.json_build_array(reactions.c.emoji, reactions.c.user_id, _reacting.c.login, _reacting.c.display_name)
_in_order = aggregate_order_by(_reaction, reactions.c.created_at, reactions.c.user_id)

_REACTED = msgspec.json.Decoder(list[tuple[str, int, str, str]])


def _column(found: FromClause) -> ColumnElement[str | None]:
    column = (
        select(cast(func.json_agg(_in_order), Text))
        .join_from(reactions, _reacting, _reacting.c.id == reactions.c.user_id)
        .where(reactions.c.room_id == found.c.room_id, reactions.c.seq == found.c.seq)
    )
    return column.correlate(found).scalar_subquery()


def _read(column: str) -> list[Reaction]:
    """In the order of their first use."""
    people: dict[str, list[Author]] = {}
    for emoji, user_id, login, name in _REACTED.decode(column):
        people.setdefault(emoji, []).append(Author(user_id, login, name))
    return [Reaction(emoji, those) for emoji, those in people.items()]


REACTIONS = Part(field="reactions", column=_column, read=_read, table=reactions)
