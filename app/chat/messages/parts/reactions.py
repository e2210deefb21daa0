"""The reactions to a message: each emoji with the people who use it."""

from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import Insert, aggregate_order_by, insert

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
    Verdict,
)
from app.chat.messages.parts.part import Part
from app.chat.wire.commands import React
from app.chat.wire.events import Author
from app.db.schema import imported_spans, reactions, users, withdrawn_reactions

_NAMES = ["room_id", "seq", "emoji", "user_id"]
MAX_KINDS = 20
MAX_REACTIONS = 200  # of a message: all of them are sent with each change of it


class Reaction(Struct, frozen=True):
    """An emoji, and the people who react with it, the first first."""

    emoji: str
    people: list[Author]


_reacting = users.alias("reacting")
_reaction = sa.func.json_build_array(
    reactions.c.emoji, reactions.c.user_id, _reacting.c.login, _reacting.c.display_name
)
_in_order = aggregate_order_by(_reaction, reactions.c.created_at, reactions.c.user_id)

_REACTED = msgspec.json.Decoder(list[tuple[str, int, str, str]])


def _column(found: sa.FromClause) -> sa.ColumnElement[str | None]:
    column = (
        sa.select(sa.cast(sa.func.json_agg(_in_order), sa.Text))
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


_MAX_KINDS, _MAX_REACTIONS = (sa.bindparam(name, type_=sa.BigInteger) for name in ("max_kinds", "max_reactions"))
_EMOJI, _ON = sa.bindparam("emoji", type_=sa.Text), sa.bindparam("on", type_=sa.Boolean)

_its_reactions = reactions.c.room_id == ROOM, reactions.c.seq == SEQ
_with_emoji = *_its_reactions, reactions.c.emoji == _EMOJI
_own = *_with_emoji, reactions.c.user_id == USER
_reactions = sa.select(sa.func.count()).where(*_its_reactions).scalar_subquery()
_kinds = sa.select(sa.func.count(sa.distinct(reactions.c.emoji))).where(*_its_reactions).scalar_subquery()

_RULES = (
    Rule(IS_GONE, "deleted", lambda: BadCommand("This message was deleted; nobody can react to it any more.")),
    ARCHIVED,
    Rule(sa.exists().where(*_own) == _ON, NOTHING),
    Rule(
        sa.and_(_ON, ~sa.exists().where(*_with_emoji), _kinds >= _MAX_KINDS),
        "too many kinds",
        lambda: BadCommand(f"This message has {MAX_KINDS} different reactions already; use one of them."),
    ),
    Rule(
        sa.and_(_ON, _reactions >= _MAX_REACTIONS),
        "too many",
        lambda: BadCommand(f"This message has {MAX_REACTIONS} reactions already; no more fit."),
    ),
)


def withdrawn(room: sa.ColumnElement[int], seq: sa.ColumnElement[int], taken: sa.Select[int, int, str, int]) -> Insert:
    """Remember reactions that are taken back, if the message was brought in: a newer export has them, too.

    `taken` has the columns of a reaction but its time.
    """
    its_span = imported_spans.c.room_id == room, imported_spans.c.first_seq <= seq, imported_spans.c.last_seq >= seq
    rows = taken.where(sa.exists().where(*its_span))
    return insert(withdrawn_reactions).from_select(_NAMES, rows).on_conflict_do_nothing()


def _react() -> Kind:
    """Nobody quotes reactions: the message alone gets another rev."""
    verdict = Verdict(_RULES)
    row = sa.select(ROOM, SEQ, _EMOJI, USER)
    statement = verdict.answered(
        sa.insert(reactions).from_select(_NAMES, row.where(verdict.is_done, _ON)),
        sa.delete(reactions).where(*_own, verdict.is_done, sa.not_(_ON)),
        withdrawn(ROOM, SEQ, row.where(verdict.is_done, sa.not_(_ON))),
        *verdict.renumbered(),
    )
    return Kind(statement=statement, rules=_RULES, parameters=_parameters)


def _parameters(command: React) -> dict[str, Any]:
    return {"emoji": command.emoji, "on": command.on, "max_kinds": MAX_KINDS, "max_reactions": MAX_REACTIONS}


REACTIONS = Part(field="reactions", column=_column, read=_read, table=reactions, amendments={React: _react()})
