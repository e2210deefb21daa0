"""How a message that is there is amended: one statement judges the command, writes, and returns what became of it.

It runs behind `LOCK`, in its transaction, so what it reads is the present state, and nobody else changes the room. What
each command does, and by which rules, stands elsewhere: in `amend.py`, or with the part of a message that it is about.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from app.base.errors import AppError, RoomArchived
from app.db.driver.prepared import Prepared
from app.db.schema import changes, memberships, messages, rooms, users

DONE, NOTHING, MADE_BEFORE = "done", "nothing to do", "made before"  # all other verdicts are refusals
ABSENT = "absent"


class Rule(NamedTuple):
    """When it holds, the verdict, and the refusal in words for people: not there where there is nothing to do."""

    holds: sa.ColumnElement[bool]
    verdict: str
    refuse: Callable[[], AppError] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one kind of command amends a message.

    Attributes:
        statement: made by `Verdict.answered`.
        rules: why it may be refused; the first that holds counts.
        parameters: what a command brings to the statement, beside `room`, `seq`, `user` and `id`.
        anywhere: it may be carried out by who is no member of the room.
    """

    statement: Prepared
    rules: tuple[Rule, ...]
    parameters: Callable[[Any], dict[str, Any]] = lambda _: {}
    anywhere: bool = False


def word(text: str) -> sa.ColumnElement[str]:
    """A word that stands in the statement itself, not as a parameter."""
    return sa.literal_column(f"'{text}'")


ROOM, SEQ, USER = (sa.bindparam(name, type_=sa.BigInteger) for name in ("room", "seq", "user"))
_ID = sa.bindparam("id", type_=sa.Uuid)
NOW = sa.func.clock_timestamp()
NOBODY = tuple(sa.cast(sa.null(), sa.ARRAY(sa.Text)).label(name) for name in ("unheard", "off"))
REMEMBERED = timedelta(days=1)  # no client sends an amendment again after that; the sweep takes what is older

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
    sa.select(rooms.c.id)
    .join_from(rooms, memberships, memberships.c.room_id == rooms.c.id)
    .where(*_member)
    .with_for_update(of=rooms, key_share=True)
)
LOCK_ANYWHERE = Prepared(sa.select(rooms.c.id).where(rooms.c.id == ROOM).with_for_update(key_share=True))


_as_member = memberships.join(users, users.c.id == memberships.c.user_id).join(
    rooms, rooms.c.id == memberships.c.room_id
)
_anywhere = rooms.join(users, sa.and_(rooms.c.id == ROOM, users.c.id == USER))


class Verdict:
    """What becomes of a command, as a part of its statement.

    Attributes:
        word: `DONE`, `NOTHING`, `MADE_BEFORE`, `ABSENT`, or that of the first rule that holds. No row for who is no
            member, or, `anywhere`, where there is no such room.
        rev: to answer with; the next of the room if it is `done`.
        is_done: the condition of every write.
    """

    def __init__(self, rules: tuple[Rule, ...], *, anywhere: bool = False) -> None:
        attempt = changes.c.room_id == ROOM, changes.c.user_id == USER, changes.c.client_id == _ID
        verdict = sa.case(
            (messages.c.seq.is_(None), word(ABSENT)),
            (changes.c.rev.is_not(None), word(MADE_BEFORE)),
            *((rule.holds, word(rule.verdict)) for rule in rules),
            else_=word(DONE),
        )
        found = (
            sa.select(verdict.label("verdict"), rooms.c.last_rev, messages.c.rev, changes.c.rev.label("made_at"))
            .select_from(
                (_anywhere if anywhere else _as_member)
                .outerjoin(messages, sa.and_(*THE_MESSAGE))
                .outerjoin(changes, sa.and_(*attempt))
            )
            .where(*(() if anywhere else _member))
            .subquery("found")
        )
        rev = sa.case(
            (found.c.verdict == word(DONE), found.c.last_rev + sa.literal_column("1")),
            else_=sa.func.coalesce(found.c.made_at, found.c.rev),
        )
        judged = sa.select(found.c.verdict, rev.label("rev")).cte("judged")
        self.word, self.rev = judged.c.verdict, judged.c.rev
        self.is_done: sa.ColumnElement[bool] = self.word == word(DONE)

    def renumbered(self) -> tuple[UpdateBase, ...]:
        """Give the message the room's next rev, as everybody who follows the room is to have it anew."""
        return (
            sa.update(messages).where(*THE_MESSAGE, self.is_done).values(rev=self.rev),
            sa.update(rooms).where(rooms.c.id == ROOM, self.is_done).values(last_rev=self.rev),
        )

    def answered(self, *writes: UpdateBase, vain: Iterable[sa.ColumnElement[Any]] = NOBODY) -> Prepared:
        """The statement: write, remember that it was made, return the verdict."""
        made = sa.select(ROOM, USER, _ID, self.rev).where(self.word.in_((word(DONE), word(NOTHING))))
        remembered = sa.insert(changes).from_select(["room_id", "user_id", "client_id", "rev"], made)
        parts = (write.cte(f"write_{n}") for n, write in enumerate((*writes, remembered), 1))
        return Prepared(sa.select(self.word, self.rev, *vain).add_cte(*parts))
