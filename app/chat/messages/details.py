"""What a message carries beside its text: the reactions to it, and a few words of what it replies to.

Both are columns of the statement that reads the message, made of one look into an index each: no statement a message.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, FromClause, Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.chat.messages.quotes import LOOKED_AT_CHARS, first_words
from app.chat.wire.events import Author, Quote, Reaction
from app.db.schema import messages, reactions, users

_original = messages.alias("original")
_reacting = users.alias("reacting")
_quoted = users.alias("quoted")

_reaction = func.json_build_array(reactions.c.emoji, reactions.c.user_id, _reacting.c.login, _reacting.c.display_name)
_in_order = aggregate_order_by(_reaction, reactions.c.created_at, reactions.c.user_id)
_beginning = func.left(_original.c.body, LOOKED_AT_CHARS)


def reactions_to(found: FromClause) -> ColumnElement[str | None]:
    """The column `reactions` for a table with the columns of `messages`."""
    column = (
        select(cast(func.json_agg(_in_order), Text))
        .join_from(reactions, _reacting, _reacting.c.id == reactions.c.user_id)
        .where(reactions.c.room_id == found.c.room_id, reactions.c.seq == found.c.seq)
    )
    return column.correlate(found).scalar_subquery().label("reactions")


def quote_of(found: FromClause) -> ColumnElement[str | None]:
    """The column `quote` for a table with the columns of `messages`."""
    quote = func.json_build_array(
        *(_original.c.author_id, _quoted.c.login, _quoted.c.display_name),
        *(_beginning, _original.c.deleted_at.is_not(None)),
    )
    column = (
        select(cast(quote, Text))
        .join_from(_original, _quoted, _quoted.c.id == _original.c.author_id)
        .where(_original.c.room_id == found.c.room_id, _original.c.seq == found.c.reply_to)
    )
    return column.correlate(found).scalar_subquery().label("quote")


_REACTED = msgspec.json.Decoder(list[tuple[str, int, str, str]])
_QUOTED = msgspec.json.Decoder(tuple[int, str, str, str, bool])


def reactions_in(column: str | None) -> list[Reaction]:
    """The reactions in a row's column, in the order of their first use; with each, who uses it."""
    return _by_emoji(_REACTED.decode(column)) if column is not None else []


def _by_emoji(reacted: Iterable[tuple[str, int, str, str]]) -> list[Reaction]:
    people: dict[str, list[Author]] = {}
    for emoji, user_id, login, name in reacted:
        people.setdefault(emoji, []).append(Author(user_id, login, name))
    return [Reaction(emoji, those) for emoji, those in people.items()]


def quote_in(column: str | None) -> Quote | None:
    """The quoted message in a row's column."""
    if column is None:
        return None
    user_id, login, name, text, deleted = _QUOTED.decode(column)
    return Quote(Author(user_id, login, name), first_words(text), deleted)
