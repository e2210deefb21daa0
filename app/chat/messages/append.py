"""The statement that appends: it numbers a batch of messages, drops repetitions, writes, and returns the outcomes.

A message that comes alone is tried by a cheaper one first (lone.py), which writes it or does nothing.

A repetition may be committed by another transaction while this one waits for the room's lock. This one's snapshot does
not show it; the unique key then refuses the whole batch, and the caller tries again.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.chat.messages.lone import LONE, write_alone
from app.chat.messages.parts.files import Carrying, File, read
from app.chat.messages.parts.mentions import with_calls
from app.chat.wire.events import wire_time
from app.db.driver.connection import Connection
from app.db.driver.prepared import ONE, ZERO, Prepared
from app.db.schema import memberships, messages, rooms

_IDENTITY = ("room_id", "author_id", "client_id")
_APPENDED = ("seq", "rev", "created_at", "body", "reply_to", "edited_at", "deleted_at")


class NewMessage(Struct, frozen=True):
    """A message to append."""

    room: int
    author_id: int
    client_id: uuid.UUID
    body: str
    reply_to: int | None
    called: tuple[str, ...] = ()  # for each call the logins that it may mean
    files: tuple[uuid.UUID, ...] = ()


class Appended(Struct, frozen=True):
    """What became of one `NewMessage`.

    Attributes:
        is_member: whether its author may write there; if not, nothing was written.
        is_archived: whether nobody may write there any more; what was written before is still found.
        seq, rev, time: of the message with its `client_id`; None when the message that it replies to does not exist.
        is_new: whether this call wrote it; if not, it was there before, with `body` and `reply_to`.
        was_changed: whether it was edited or deleted since, so that its body is not the one that was posted.
        mentions: the ids of the members that it calls; 0 is everybody.
        unheard: the logins of those whom it calls and who are not members of the room.
        off: the logins of those whom it calls and whose account is switched off.
        files: those that it carries, in their order.
        is_fit: whether each of its files is its author's and has arrived; if not, nothing was written.
    """

    is_member: bool
    is_archived: bool
    is_new: bool
    seq: int | None
    rev: int | None
    time: str
    body: str
    reply_to: int | None
    was_changed: bool = False
    mentions: tuple[int, ...] = ()
    unheard: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    is_fit: bool = True


def _bigints(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=sa.ARRAY(sa.BigInteger))


def _batch() -> sa.CTE:
    """The items of the batch, numbered by `n`, and whether their authors are members of the rooms."""
    item = (
        sa.func.unnest(
            _bigints("rooms"),
            _bigints("authors"),
            sa.cast(sa.bindparam("client_ids", type_=sa.ARRAY(sa.Text)), sa.ARRAY(sa.Uuid)),
            sa.bindparam("bodies", type_=sa.ARRAY(sa.Text)),
            _bigints("replies"),
        )
        .table_valued("room_id", "author_id", "client_id", "body", "reply_to", with_ordinality="n", name="item")
        .render_derived()
    )
    is_member = sa.exists().where(memberships.c.room_id == item.c.room_id, memberships.c.user_id == item.c.author_id)
    return sa.select(item, is_member.label("is_member")).cte("batch")


def _locked(batch: sa.CTE) -> sa.CTE:
    """The rooms of the batch, locked in the order of their ids, so that two processes cannot deadlock."""
    return (
        sa.select(rooms.c.id, rooms.c.last_seq, rooms.c.last_rev, rooms.c.archived_at)
        .where(rooms.c.id.in_(sa.select(batch.c.room_id)))
        .order_by(rooms.c.id)
        .with_for_update(key_share=True)
        .cte("locked")
    )


def _earlier(batch: sa.CTE) -> sa.CTE:
    """What is there already, by `client_id`."""
    # One look into the unique index a message, which LIMIT keeps the planner from replacing: a plan that is kept must
    # not have been made for a table that was still small.
    held = sa.select(*(messages.c[name] for name in _APPENDED)).where(
        *(messages.c[name] == batch.c[name] for name in _IDENTITY)
    )
    found = held.limit(ONE).lateral("held")
    return sa.select(batch.c.n, *found.c).join_from(batch, found, sa.true()).cte("earlier")


def _fresh(batch: sa.CTE, locked: sa.CTE, earlier: sa.CTE, *conditions: sa.ColumnElement[bool]) -> sa.CTE:
    """What is to be written, numbered in the order of the batch."""
    place = sa.func.row_number().over(partition_by=batch.c.room_id, order_by=batch.c.n)
    return (
        sa.select(batch, (locked.c.last_seq + place).label("seq"), (locked.c.last_rev + place).label("rev"))
        .join_from(batch, locked, locked.c.id == batch.c.room_id)
        .where(batch.c.is_member, locked.c.archived_at.is_(None), batch.c.n.not_in(sa.select(earlier.c.n)))
        .where(sa.func.coalesce(batch.c.reply_to, ZERO) <= locked.c.last_seq, *conditions)
        .cte("fresh")
    )


def _raised(fresh: sa.CTE) -> sa.CTE:
    """The counters of the rooms, raised to what was numbered."""
    ends = sa.select(fresh.c.room_id, sa.func.max(fresh.c.seq).label("seq"), sa.func.max(fresh.c.rev).label("rev"))
    end = ends.group_by(fresh.c.room_id).subquery("end")
    raised = sa.update(rooms).where(rooms.c.id == end.c.room_id).values(last_seq=end.c.seq, last_rev=end.c.rev)
    return raised.cte("raised")


def _written(fresh: sa.CTE) -> sa.CTE:
    columns = ["room_id", "seq", "rev", "author_id", "client_id", "body", "reply_to"]
    return (
        sa.insert(messages)
        .from_select(columns, sa.select(*(fresh.c[name] for name in columns)))
        .returning(*(messages.c[name] for name in (*_IDENTITY, *_APPENDED)))
        .cte("written")
    )


def _append_statement(*, calling: bool = False, carrying: bool = False) -> sa.ClauseElement:
    """The one statement of the posting path, built once; others for messages that call people or carry files.

    It locks the rooms of the batch, drops what is already there, numbers the rest, writes it, and returns a row for
    each item. The lock is held until the commit: commit order is numbering order, and a rollback leaves no gap.
    """
    batch = _batch()
    locked, earlier = _locked(batch), _earlier(batch)
    carried = Carrying(batch) if carrying else None
    fresh = _fresh(batch, locked, earlier, *([carried.is_fit] if carried else []))
    written = _written(fresh)
    statement = (
        sa.select(
            batch.c.is_member,
            locked.c.archived_at.is_not(None).label("is_archived"),
            written.c.seq.is_not(None).label("is_new"),
            *(sa.func.coalesce(written.c[name], earlier.c[name]).label(name) for name in _APPENDED),
        )
        .select_from(
            batch.outerjoin(locked, locked.c.id == batch.c.room_id)
            .outerjoin(earlier, earlier.c.n == batch.c.n)
            .outerjoin(written, sa.and_(*(written.c[name] == batch.c[name] for name in _IDENTITY)))
        )
        .add_cte(_raised(fresh))
        .order_by(batch.c.n)
    )
    if calling:
        statement = with_calls(statement, batch, fresh)
    return carried.in_statement(statement, batch, fresh) if carried else statement


# By whether a message of the batch calls somebody, and whether one carries files.
STATEMENTS = {
    (calling, carrying): Prepared(_append_statement(calling=calling, carrying=carrying))
    for calling in (False, True)
    for carrying in (False, True)
}
PLAIN, CALLING = STATEMENTS[False, False], STATEMENTS[True, False]
WRITING = (LONE, *STATEMENTS.values())


async def append_messages(conn: Connection, batch: Sequence[NewMessage]) -> list[Appended]:
    """Write a batch of messages, no two with the same identity; what became of each, in the order of the batch.

    Raises:
        psycopg2.errors.UniqueViolation: on `messages_room_id_author_id_client_id_key`, when another transaction wrote
            one of them while this one waited for its lock, which its snapshot cannot see. Nothing was written; try
            again.
    """
    if len(batch) == 1 and (outcome := await _alone(conn, batch[0])) is not None:
        return [outcome]
    parameters = {
        "rooms": [message.room for message in batch],
        "authors": [message.author_id for message in batch],
        "client_ids": [message.client_id.hex for message in batch],
        "bodies": [message.body for message in batch],
        "replies": [message.reply_to for message in batch],
    }
    if logins := [login for message in batch for login in message.called]:
        callers = [n for n, message in enumerate(batch, 1) for _ in message.called]
        parameters |= {"callers": callers, "logins": logins}
    if file_ids := [file.hex for message in batch for file in message.files]:
        carriers = [n for n, message in enumerate(batch, 1) for _ in message.files]
        parameters |= {"carriers": carriers, "file_ids": file_ids}
    rows = await STATEMENTS[bool(logins), bool(file_ids)].run(conn, parameters)
    return [_appended(row, is_calling=bool(logins), is_carrying=bool(file_ids)) for row in rows]


async def _alone(conn: Connection, message: NewMessage) -> Appended | None:
    """What became of a message that is plain and new, and may be written."""
    if message.called or message.files:
        return None
    written = await write_alone(
        conn, message.room, message.author_id, message.client_id, message.body, message.reply_to
    )
    if written is None:
        return None
    seq, rev, created_at = written
    return Appended(
        *(True, False, True, seq, rev), time=wire_time(created_at), body=message.body, reply_to=message.reply_to
    )


def _appended(row: tuple[Any, ...], *, is_calling: bool, is_carrying: bool) -> Appended:
    is_member, is_archived, is_new, seq, rev, created_at, body, reply_to, edited_at, deleted_at, *more = row
    mentions, unheard, off = (tuple(sorted(people or ())) for people in more[:3]) if is_calling else ((), (), ())
    files, is_fit = more[-2:] if is_carrying else (None, True)
    return Appended(
        *(is_member, is_archived, is_new, seq, rev),
        time=wire_time(created_at) if created_at else "",
        body=body or "",
        reply_to=reply_to,
        was_changed=bool(edited_at or deleted_at),
        mentions=mentions,
        unheard=unheard,
        off=off,
        files=read(files) if is_fit else (),
        is_fit=is_fit,
    )
