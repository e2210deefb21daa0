"""Amendments of a message that is there: edit, delete, and those of its parts, such as react.

An amendment is one transaction of two statements, in one round trip. The first locks the room, as posting does, so
amendments and posts of a room come one after the other. The second therefore sees the present state; it judges and
writes (`parts/amendment.py`). A refusal or a rollback leaves no gap in `rev`.
"""

from typing import Any
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import CTE, Text, and_, bindparam, delete, exists, func, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.dml import UpdateBase

from app.base.errors import BadCommand, BadText, Forbidden, NotAMember
from app.chat.markup.markup import meaning_of
from app.chat.messages.message import PARTS, TABLES
from app.chat.messages.parts.amendment import (
    ABSENT,
    ARCHIVED,
    DONE,
    IS_GONE,
    IS_NOT_THEIRS,
    LOCK,
    LOCK_ANYWHERE,
    MADE_BEFORE,
    NOBODY,
    NOTHING,
    NOW,
    ROOM,
    SEQ,
    THE_MESSAGE,
    USER,
    Kind,
    Rule,
    Verdict,
    word,
)
from app.chat.messages.parts.files import gone_with
from app.chat.messages.parts.mentions import calls_anew
from app.chat.wire.commands import Amendment, Delete, Edit
from app.db.driver.kept import direct
from app.db.driver.prepared import run_in_turn
from app.db.schema import attachments, audit, messages, rooms, users

_TEXT = bindparam("text", type_=Text)
_HAS_FILES = exists().where(attachments.c.room_id == ROOM, attachments.c.seq == SEQ)
_quotes_it = messages.c.room_id == ROOM, messages.c.reply_to == SEQ


class Amended(Struct, frozen=True):
    """What became of an amendment: the `rev` that the message has from it, and whom its new text calls in vain.

    `blob_ids` are those of files that were deleted with the message.
    """

    rev: int
    unheard: tuple[str, ...]
    off: tuple[str, ...]
    blob_ids: tuple[int, ...] = ()


async def amend(engine: AsyncEngine, user_id: int, command: Amendment) -> Amended:
    """Do what a command says to a message; returns what became of it, once that is committed.

    Where there is nothing to do, that is the rev that the message has. The same command again, by its id, within a day
    does nothing, and gets what became of the first. Messages that quote the amended one get the revs that follow.

    Raises:
        NotAMember: of the room.
        Forbidden: it is somebody else's message.
        RoomArchived: it can be deleted there, and nothing else.
        BadCommand: there is no such message, or nothing can be done to it any more.
    """
    kind = KINDS[type(command)]
    parameters = {"room": command.room, "seq": command.seq, "user": user_id, "id": command.id.hex}
    return await _carried_out(engine, kind, parameters | kind.parameters(command))


async def remove(engine: AsyncEngine, admin_id: int, room: int, seq: int) -> Amended:
    """Delete a message for an administrator, who need not be a member of its room, and does not write each down.

    Raises:
        NotAMember: there is no such room.
        BadCommand: there is no such message.
    """
    return await _carried_out(engine, _REMOVAL, {"room": room, "seq": seq, "user": admin_id, "id": uuid4().hex})


async def _carried_out(engine: AsyncEngine, kind: Kind, parameters: dict[str, Any]) -> Amended:
    try:
        rows = await _run(engine, kind, parameters)
    except IntegrityError:  # another message took up a file of this one meanwhile; now it is seen
        rows = await _run(engine, kind, parameters)
    if not rows:
        raise NotAMember()
    ((verdict, rev, *vain),) = rows
    if verdict == ABSENT:
        raise BadCommand(f"There is no message {parameters['seq']} in this room.")
    if verdict not in (DONE, NOTHING, MADE_BEFORE):
        raise next(rule.refuse() for rule in kind.rules if rule.verdict == verdict and rule.refuse)
    return Amended(rev, *(tuple(sorted(each or ())) for each in vain))


async def _run(engine: AsyncEngine, kind: Kind, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    async with direct(engine) as conn:
        lock = LOCK_ANYWHERE if kind.anywhere else LOCK
        return await run_in_turn(conn, (lock, kind.statement), parameters)


def _edit() -> Kind:
    """Each attempt looks up whom the text calls, as a post does: every answer says who is called in vain."""
    rules = (
        Rule(IS_NOT_THEIRS, "not theirs", lambda: Forbidden("Only its author can edit a message.")),
        Rule(IS_GONE, "deleted", lambda: BadCommand("This message was deleted; it cannot be edited any more.")),
        ARCHIVED,
        Rule(messages.c.body == _TEXT, NOTHING),
        Rule(and_(func.length(_TEXT) == 0, ~_HAS_FILES), "blank", lambda: BadText("Write something first.")),
    )
    verdict = Verdict(rules)
    is_taken = verdict.word.in_((word(DONE), word(NOTHING), word(MADE_BEFORE)))
    text = select(
        literal_column("1").label("n"),
        *(ROOM.label("room_id"), SEQ.label("seq"), USER.label("author_id")),
        is_taken.label("is_member"),
    ).cte("text")
    calls, vain = calls_anew(text, verdict.is_done)
    statement = verdict.answered(*_rewritten(verdict, body=_TEXT, edited_at=NOW), *calls, vain=vain)
    return Kind(statement=statement, rules=rules, parameters=_text_and_calls)


def _text_and_calls(command: Edit) -> dict[str, Any]:
    logins = meaning_of(command.text).called
    return {"text": command.text, "logins": [*logins], "callers": [1 for _ in logins]}


def _delete(*, anywhere: bool = False) -> Kind:
    """The row stays, as it has a number; its text and its parts go.

    That an admin did it is written down, unless it is one of many, `anywhere`.
    """
    rules = (
        Rule(
            and_(IS_NOT_THEIRS, users.c.role != word("admin")),
            "not theirs",
            lambda: Forbidden("Only its author or an administrator can delete a message."),
        ),
        Rule(IS_GONE, NOTHING),
    )
    verdict = Verdict(rules, anywhere=anywhere)
    left = gone_with(ROOM, SEQ, verdict.is_done)
    by_another = select(USER, word("deleted"), messages.c.author_id, ROOM).where(
        *THE_MESSAGE, IS_NOT_THEIRS, verdict.is_done
    )
    recorded = insert(audit).from_select(["actor_id", "action", "user_id", "room_id"], by_another)
    blob_ids = select(func.array_agg(left.c.blob_id)).where(left.c.blob_id.is_not(None)).scalar_subquery()
    statement = verdict.answered(
        *_rewritten(verdict, body=word(""), deleted_at=NOW),
        *(delete(table).where(table.c.room_id == ROOM, table.c.seq == SEQ, verdict.is_done) for table in TABLES),
        *(() if anywhere else (recorded,)),
        vain=(*NOBODY, blob_ids.label("blob_ids")),
    )
    return Kind(statement=statement, rules=rules, anywhere=anywhere)


def _rewritten(verdict: Verdict, **values: Any) -> tuple[UpdateBase, ...]:
    """Give the message other values; it and those that quote it get the room's next revs."""
    quoting = _quoting(verdict)
    last = verdict.rev + select(func.count()).select_from(quoting).scalar_subquery()
    return (
        update(messages).where(*THE_MESSAGE, verdict.is_done).values(rev=verdict.rev, **values),
        update(messages).where(messages.c.room_id == ROOM, messages.c.seq == quoting.c.seq).values(rev=quoting.c.rev),
        update(rooms).where(rooms.c.id == ROOM, verdict.is_done).values(last_rev=last),
    )


def _quoting(verdict: Verdict) -> CTE:
    """The messages that quote it, with the revs after its own.

    A quote is a part of their state: a page that missed the amendment must not keep the old words.
    """
    place = func.row_number().over(order_by=messages.c.seq)
    return select(messages.c.seq, (verdict.rev + place).label("rev")).where(*_quotes_it, verdict.is_done).cte("quoting")


_REMOVAL = _delete(anywhere=True)
KINDS: dict[type[Amendment], Kind] = {Edit: _edit(), Delete: _delete()}
for _part in PARTS:
    KINDS.update(_part.amendments)
