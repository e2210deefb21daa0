"""How a message that is there is amended: one statement judges the command, writes, and returns what became of it.

It runs behind `LOCK`, in its transaction, so what it reads is the present state, and nobody else changes the room. What
each command does, and by which rules, stands elsewhere: in `amend.py`, or with the part of a message that it is about.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.sql.dml import UpdateBase

from app.base.errors import AppError, RoomArchived
from app.db.driver.prepared import Prepared
from app.db.schema import changes, memberships, messages, rooms, users

DONE, NOTHING, MADE_BEFORE = "done", "nothing to do", "made before"  # all other verdicts are refusals
ABSENT = "absent"


class Rule(NamedTuple):
    """When it holds, the verdict, and the refusal in words for people: not there where there is nothing to do."""

    holds: ColumnElement[bool]
    verdict: str
    refuse: Callable[[], AppError] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one kind of command amends a message.

    Attributes:
        statement: made with `answered`.
        rules: why it may be refused; the first that holds counts.
        parameters: what a command brings to the statement, beside `room`, `seq`, `user` and `id`.
    """

    statement: Prepared
    rules: tuple[Rule, ...]
    parameters: Callable[[Any], dict[str, Any]] = lambda _: {}


def word(text: str) -> ColumnElement[str]:
    """A word that stands in the statement itself, not as a parameter."""
    return literal_column(f"'{text}'")


ROOM, SEQ, USER = (bindparam(name, type_=BigInteger) for name in ("room", "seq", "user"))
_ID = bindparam("id", type_=Uuid)
NOW = func.clock_timestamp()
NOBODY = tuple(cast(null(), ARRAY(Text)).label(name) for name in ("unheard", "off"))
_A_DAY_AGO = NOW - literal_column("INTERVAL '1 day'")  # no client sends an amendment again after that

THE_MESSAGE = messages.c.room_id == ROOM, messages.c.seq == SEQ
IS_GONE = messages.c.deleted_at.is_not(None)
IS_NOT_THEIRS = messages.c.author_id != USER
ARCHIVED = Rule(
    rooms.c.archived_at.is_not(None),
    "archived",
    lambda: RoomArchived("This room is archived: nothing changes here any more."),
)

_member = memberships.c.room_id == ROOM, memberships.c.user_id == USER
LOCK = Prepared(
    select(rooms.c.id)
    .join_from(rooms, memberships, memberships.c.room_id == rooms.c.id)
    .where(*_member)
    .with_for_update(of=rooms, key_share=True)
)


def judged(rules: tuple[Rule, ...]) -> CTE:
    """The verdict, and the rev to answer with: the next of the room if it is `done`. No row for who is no member."""
    attempt = changes.c.room_id == ROOM, changes.c.user_id == USER, changes.c.client_id == _ID
    verdict = case(
        (messages.c.seq.is_(None), word(ABSENT)),
        (changes.c.rev.is_not(None), word(MADE_BEFORE)),
        *((rule.holds, word(rule.verdict)) for rule in rules),
        else_=word(DONE),
    )
    found = (
        select(verdict.label("verdict"), rooms.c.last_rev, messages.c.rev, changes.c.rev.label("made_at"))
        .select_from(
            memberships.join(users, users.c.id == memberships.c.user_id)
            .join(rooms, rooms.c.id == memberships.c.room_id)
            .outerjoin(messages, and_(*THE_MESSAGE))
            .outerjoin(changes, and_(*attempt))
        )
        .where(*_member)
        .subquery("found")
    )
    rev = case(
        (found.c.verdict == word(DONE), found.c.last_rev + literal_column("1")),
        else_=func.coalesce(found.c.made_at, found.c.rev),
    )
    return select(found.c.verdict, rev.label("rev")).cte("judged")


def is_done(judged: CTE) -> ColumnElement[bool]:
    """The condition of every write."""
    return judged.c.verdict == word(DONE)


def renumbered(judged: CTE) -> tuple[UpdateBase, ...]:
    """Give the message the room's next rev, as everybody who follows the room is to have it anew."""
    return (
        update(messages).where(*THE_MESSAGE, is_done(judged)).values(rev=judged.c.rev),
        update(rooms).where(rooms.c.id == ROOM, is_done(judged)).values(last_rev=judged.c.rev),
    )


def answered(judged: CTE, *writes: UpdateBase, vain: Iterable[ColumnElement[Any]] = NOBODY) -> Prepared:
    """The statement: write, remember that it was made, forget those of more than a day ago, and return the verdict."""
    ours = changes.c.room_id == ROOM, changes.c.user_id == USER
    made = select(ROOM, USER, _ID, judged.c.rev).where(judged.c.verdict.in_((word(DONE), word(NOTHING))))
    remembered = insert(changes).from_select(["room_id", "user_id", "client_id", "rev"], made)
    forgotten = delete(changes).where(*ours, changes.c.created_at < _A_DAY_AGO)
    parts = (write.cte(f"write_{n}") for n, write in enumerate((*writes, remembered, forgotten), 1))
    return Prepared(select(judged.c.verdict, judged.c.rev, *vain).add_cte(*parts))
