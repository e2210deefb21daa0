"""The statements that change a message, one for each kind of change: judge, write, tell what became of it.

Each runs behind `LOCK`, in its transaction, so what it reads is the present state, and nobody else changes the room.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    delete,
    distinct,
    exists,
    func,
    insert,
    literal_column,
    not_,
    null,
    select,
    update,
)
from sqlalchemy.sql.dml import UpdateBase

from app.chat.messages.parts import TABLES
from app.chat.messages.parts.mentions import calls_anew
from app.chat.wire.commands import Change, Delete, Edit, React
from app.db.driver.prepared import Prepared
from app.db.schema import changes, memberships, messages, reactions, rooms, users

Rule = tuple[ColumnElement[bool], str]
"""When it holds, and the word for it: why nothing was changed."""

DONE, NOTHING, MADE_BEFORE = "done", "nothing to do", "made before"  # all other verdicts are refusals


def _word(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'")


_ROOM, _SEQ, _USER, _MAX_KINDS, _MAX_REACTIONS = (
    bindparam(name, type_=BigInteger) for name in ("room", "seq", "user", "max_kinds", "max_reactions")
)
_ID = bindparam("id", type_=Uuid)
_TEXT, _EMOJI = bindparam("text", type_=Text), bindparam("emoji", type_=Text)
_ON = bindparam("on", type_=Boolean)
_DONE, _NOTHING = _word(DONE), _word(NOTHING)
_NOW = func.clock_timestamp()
_NOBODY = tuple(cast(null(), ARRAY(Text)).label(name) for name in ("unheard", "off"))
_A_DAY_AGO = _NOW - literal_column("INTERVAL '1 day'")  # no client sends a change again after that

_the_message = messages.c.room_id == _ROOM, messages.c.seq == _SEQ
_its_reactions = reactions.c.room_id == _ROOM, reactions.c.seq == _SEQ
_with_emoji = *_its_reactions, reactions.c.emoji == _EMOJI
_own = *_with_emoji, reactions.c.user_id == _USER
_quotes_it = messages.c.room_id == _ROOM, messages.c.reply_to == _SEQ

_is_gone = messages.c.deleted_at.is_not(None)
_is_archived = rooms.c.archived_at.is_not(None)
_is_not_theirs = messages.c.author_id != _USER
_reactions = select(func.count()).where(*_its_reactions).scalar_subquery()
_kinds = select(func.count(distinct(reactions.c.emoji))).where(*_its_reactions).scalar_subquery()

# The first that holds counts.
RULES: dict[type[Change], tuple[Rule, ...]] = {
    Edit: (
        (_is_not_theirs, "not theirs"),
        (_is_gone, "deleted"),
        (_is_archived, "archived"),
        (messages.c.body == _TEXT, NOTHING),
    ),
    Delete: (
        (and_(_is_not_theirs, users.c.role != _word("admin")), "not theirs"),
        (_is_gone, NOTHING),
    ),
    React: (
        (_is_gone, "deleted"),
        (_is_archived, "archived"),
        (exists().where(*_own) == _ON, NOTHING),
        (and_(_ON, ~exists().where(*_with_emoji), _kinds >= _MAX_KINDS), "too many kinds"),
        (and_(_ON, _reactions >= _MAX_REACTIONS), "too many"),
    ),
}

_member = memberships.c.room_id == _ROOM, memberships.c.user_id == _USER
LOCK = Prepared(
    select(rooms.c.id)
    .join_from(rooms, memberships, memberships.c.room_id == rooms.c.id)
    .where(*_member)
    .with_for_update(of=rooms, key_share=True)
)


def _judged(rules: tuple[Rule, ...]) -> CTE:
    """The verdict, and the rev that tells of it: the next of the room if it is `done`. No row for who is no member."""
    attempt = changes.c.room_id == _ROOM, changes.c.user_id == _USER, changes.c.client_id == _ID
    verdict = case(
        (messages.c.seq.is_(None), _word("absent")),
        (changes.c.rev.is_not(None), _word(MADE_BEFORE)),
        *((rule, _word(verdict)) for rule, verdict in rules),
        else_=_DONE,
    )
    found = (
        select(verdict.label("verdict"), rooms.c.last_rev, messages.c.rev, changes.c.rev.label("made_at"))
        .select_from(
            memberships.join(users, users.c.id == memberships.c.user_id)
            .join(rooms, rooms.c.id == memberships.c.room_id)
            .outerjoin(messages, and_(*_the_message))
            .outerjoin(changes, and_(*attempt))
        )
        .where(*_member)
        .subquery("found")
    )
    rev = case(
        (found.c.verdict == _DONE, found.c.last_rev + literal_column("1")),
        else_=func.coalesce(found.c.made_at, found.c.rev),
    )
    return select(found.c.verdict, rev.label("rev")).cte("judged")


def _quoting(judged: CTE) -> CTE:
    """Who quotes the message, with the revs after its own.

    What they quote is a part of their state: who missed the change must not keep the old words.
    """
    place = func.row_number().over(order_by=messages.c.seq)
    return (
        select(messages.c.seq, (judged.c.rev + place).label("rev"))
        .where(*_quotes_it, judged.c.verdict == _DONE)
        .cte("quoting")
    )


def _answered(judged: CTE, *writes: UpdateBase, vain: Iterable[ColumnElement[Any]] = _NOBODY) -> Prepared:
    """The statement: write, remember that it was made, forget those of more than a day ago, and return the verdict."""
    ours = changes.c.room_id == _ROOM, changes.c.user_id == _USER
    made = select(_ROOM, _USER, _ID, judged.c.rev).where(judged.c.verdict.in_((_DONE, _NOTHING)))
    remembered = insert(changes).from_select(["room_id", "user_id", "client_id", "rev"], made)
    forgotten = delete(changes).where(*ours, changes.c.created_at < _A_DAY_AGO)
    parts = (write.cte(f"write_{n}") for n, write in enumerate((*writes, remembered, forgotten), 1))
    return Prepared(select(judged.c.verdict, judged.c.rev, *vain).add_cte(*parts))


def _rewritten(judged: CTE, **values: Any) -> tuple[UpdateBase, ...]:
    """Give the message other values; it and those that quote it get the room's next revs."""
    is_done, quoting = judged.c.verdict == _DONE, _quoting(judged)
    last = judged.c.rev + select(func.count()).select_from(quoting).scalar_subquery()
    return (
        update(messages).where(*_the_message, is_done).values(rev=judged.c.rev, **values),
        update(messages).where(messages.c.room_id == _ROOM, messages.c.seq == quoting.c.seq).values(rev=quoting.c.rev),
        update(rooms).where(rooms.c.id == _ROOM, is_done).values(last_rev=last),
    )


def _edit() -> Prepared:
    """Whom the text calls is found as for a post, by every attempt: each answers who cannot be called."""
    judged = _judged(RULES[Edit])
    is_taken = judged.c.verdict.in_((_DONE, _NOTHING, _word(MADE_BEFORE)))
    text = select(
        literal_column("1").label("n"),
        *(_ROOM.label("room_id"), _SEQ.label("seq"), _USER.label("author_id")),
        is_taken.label("is_member"),
    ).cte("text")
    calls, vain = calls_anew(text, judged.c.verdict == _DONE)
    return _answered(judged, *_rewritten(judged, body=_TEXT, edited_at=_NOW), *calls, vain=vain)


def _delete() -> Prepared:
    """Its row stays, for its number; what it said and carried goes."""
    judged = _judged(RULES[Delete])
    is_done = judged.c.verdict == _DONE
    return _answered(
        judged,
        *_rewritten(judged, body=_word(""), deleted_at=_NOW),
        *(delete(table).where(table.c.room_id == _ROOM, table.c.seq == _SEQ, is_done) for table in TABLES),
    )


def _react() -> Prepared:
    """Nobody quotes reactions."""
    judged = _judged(RULES[React])
    is_done = judged.c.verdict == _DONE
    row = select(_ROOM, _SEQ, _EMOJI, _USER).where(is_done, _ON)
    return _answered(
        judged,
        insert(reactions).from_select(["room_id", "seq", "emoji", "user_id"], row),
        delete(reactions).where(*_own, is_done, not_(_ON)),
        update(messages).where(*_the_message, is_done).values(rev=judged.c.rev),
        update(rooms).where(rooms.c.id == _ROOM, is_done).values(last_rev=judged.c.rev),
    )


STATEMENTS: dict[type[Change], Prepared] = {Edit: _edit(), Delete: _delete(), React: _react()}
