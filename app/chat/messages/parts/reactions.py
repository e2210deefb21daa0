"""The reactions to a message: each emoji with the people who use it."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    distinct,
    exists,
    func,
    insert,
    not_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.base.errors import BadCommand
from app.chat.messages.parts.amendment import (
    ARCHIVED,
    IS_GONE,
    NOTHING,
    ROOM,
    SEQ,
    USER,
    Kind,
    Rule,
    answered,
    is_done,
    judged,
    renumbered,
)
from app.chat.messages.parts.part import Part
from app.chat.wire.commands import React
from app.chat.wire.events import Author
from app.db.schema import reactions, users

MAX_KINDS = 20
MAX_REACTIONS = 200  # of a message: all of them are sent with each change of it


class Reaction(Struct, frozen=True):
    """An emoji, and the people who react with it, the first first."""

    emoji: str
    people: list[Author]


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


_MAX_KINDS, _MAX_REACTIONS = (bindparam(name, type_=BigInteger) for name in ("max_kinds", "max_reactions"))
_EMOJI, _ON = bindparam("emoji", type_=Text), bindparam("on", type_=Boolean)

_its_reactions = reactions.c.room_id == ROOM, reactions.c.seq == SEQ
_with_emoji = *_its_reactions, reactions.c.emoji == _EMOJI
_own = *_with_emoji, reactions.c.user_id == USER
_reactions = select(func.count()).where(*_its_reactions).scalar_subquery()
_kinds = select(func.count(distinct(reactions.c.emoji))).where(*_its_reactions).scalar_subquery()

_RULES = (
    Rule(IS_GONE, "deleted", lambda: BadCommand("This message was deleted; nobody can react to it any more.")),
    ARCHIVED,
    Rule(exists().where(*_own) == _ON, NOTHING),
    Rule(
        and_(_ON, ~exists().where(*_with_emoji), _kinds >= _MAX_KINDS),
        "too many kinds",
        lambda: BadCommand(f"This message has {MAX_KINDS} different reactions already; use one of them."),
    ),
    Rule(
        and_(_ON, _reactions >= _MAX_REACTIONS),
        "too many",
        lambda: BadCommand(f"This message has {MAX_REACTIONS} reactions already; no more fit."),
    ),
)


def _react() -> Kind:
    """Nobody quotes reactions: the message alone gets another rev."""
    verdict = judged(_RULES)
    row = select(ROOM, SEQ, _EMOJI, USER).where(is_done(verdict), _ON)
    statement = answered(
        verdict,
        insert(reactions).from_select(["room_id", "seq", "emoji", "user_id"], row),
        delete(reactions).where(*_own, is_done(verdict), not_(_ON)),
        *renumbered(verdict),
    )
    return Kind(statement=statement, rules=_RULES, parameters=_parameters)


def _parameters(command: React) -> dict[str, Any]:
    return {"emoji": command.emoji, "on": command.on, "max_kinds": MAX_KINDS, "max_reactions": MAX_REACTIONS}


REACTIONS = Part(field="reactions", column=_column, read=_read, table=reactions, amendments={React: _react()})
