"""Statements on notices: for whom a message is one, which are due, and what they show. They never commit."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.messages.parts.quote import FILE_SIGN
from app.db.schema import (
    attachments,
    blocks,
    files,
    imported_spans,
    memberships,
    mentions,
    messages,
    notice_browsers,
    notice_settings,
    notices,
    pages_in_use,
    pushes,
    rooms,
    users,
)
from app.notices.wording import Calling, Hours

EVERYBODY = 0  # in `mentions`
_NOW = sa.func.clock_timestamp()
_KEY = (notices.c.room_id, notices.c.seq, notices.c.user_id)


class Written(NamedTuple):
    """A new message."""

    room: int
    seq: int
    author: int


class Due(NamedTuple):
    """That a message may call for a person."""

    room: int
    seq: int
    user: int


def _rows(given: Sequence[tuple[int, int, int]], *names: str) -> sa.FromClause:
    """A table of numbers."""
    columns = [sa.bindparam(None, [*column], type_=sa.ARRAY(sa.BigInteger)) for column in zip(*given, strict=True)]
    return sa.func.unnest(*columns).table_valued(*names, name="given").render_derived()


async def note(conn: AsyncConnection, written: Sequence[Written], after: timedelta) -> bool:
    """Note for whom new messages may be notices, due in a while; whether there was anybody.

    They are those who have notices on in some browser and whom a message mentions; or all of a direct room, and who
    wants every message of a room. Where a member's level asks for less, less is noted; of what was brought in, nothing.
    """
    if not (await conn.execute(sa.select(sa.exists(sa.select(notice_browsers.c.session_id))))).scalar_one():
        return False
    found = sa.union(*_called_by(_rows(written, "room_id", "seq", "author_id"))).subquery()
    rows = sa.select(found.c.room_id, found.c.seq, found.c.user_id, _NOW + sa.literal(after))
    new = insert(notices).from_select(["room_id", "seq", "user_id", "due_at"], rows).on_conflict_do_nothing()
    return (await conn.execute(new)).rowcount > 0


def _called_by(message: sa.FromClause) -> list[sa.Select[Any]]:
    """Whom messages call, a statement for each reason: so each finds its few rows by a key."""
    its = sa.and_(mentions.c.room_id == message.c.room_id, mentions.c.seq == message.c.seq)
    member = memberships.c.room_id == message.c.room_id
    its_span = imported_spans.c.room_id == message.c.room_id, imported_spans.c.first_seq <= message.c.seq
    is_imported = sa.exists().where(*its_span, imported_spans.c.last_seq >= message.c.seq)
    calling = sa.select(message.c.room_id, message.c.seq, memberships.c.user_id).where(
        memberships.c.user_id != message.c.author_id,
        ~is_imported,
        sa.exists().where(notice_browsers.c.user_id == memberships.c.user_id),
    )
    mentioned = calling.where(memberships.c.level != "muted")
    whole = calling.where(memberships.c.level == "all")
    joined = message.join(mentions, its)
    return [
        mentioned.select_from(joined.join(memberships, sa.and_(member, memberships.c.user_id == mentions.c.user_id))),
        mentioned.select_from(joined.join(memberships, member)).where(mentions.c.user_id == EVERYBODY),
        whole.select_from(message.join(rooms, rooms.c.id == message.c.room_id).join(memberships, member)).where(
            rooms.c.kind == "direct"
        ),
        whole.select_from(message.join(memberships, member)).where(memberships.c.notify_all),
    ]


async def take_due(conn: AsyncConnection, most: int) -> list[Due]:
    """Take those that are due, so that no other process does; they are gone with the commit."""
    due = sa.select(*_KEY).where(notices.c.due_at <= _NOW).order_by(notices.c.due_at).limit(most)
    locked = due.with_for_update(skip_locked=True).cte("due")
    taken = sa.delete(notices).where(sa.tuple_(*_KEY).in_(sa.select(*locked.c))).returning(*_KEY)
    return [Due(*row) for row in await conn.execute(taken)]


async def calling(conn: AsyncConnection, due: Sequence[Due]) -> list[Calling]:
    """Those that still call: not deleted, not read, by nobody whom the person has blocked, and as their level asks."""
    if not due:
        return []
    given = _rows(due, "room_id", "seq", "user_id")
    author, reader = users.alias("author"), users.alias("reader")
    member = sa.and_(memberships.c.room_id == given.c.room_id, memberships.c.user_id == given.c.user_id)
    statement = (
        sa.select(
            *(given.c.room_id, given.c.seq, given.c.user_id, messages.c.created_at, author.c.display_name),
            sa.case((rooms.c.kind == "direct", ""), else_=rooms.c.name),
            sa.func.coalesce(sa.func.nullif(messages.c.body, ""), _first_file(given), ""),
            sa.func.coalesce(notice_settings.c.sound, False),
            *(notice_settings.c.quiet_from, notice_settings.c.quiet_until),
            sa.func.coalesce(notice_settings.c.zone, "UTC"),
            notice_settings.c.paused_until,
            sa.exists().where(pages_in_use.c.user_id == given.c.user_id, pages_in_use.c.until > _NOW),
        )
        .select_from(given)
        .join(messages, sa.and_(messages.c.room_id == given.c.room_id, messages.c.seq == given.c.seq))
        .join(rooms, rooms.c.id == given.c.room_id)
        .join(memberships, member)
        .join(author, author.c.id == messages.c.author_id)
        .join(reader, reader.c.id == given.c.user_id)
        .outerjoin(notice_settings, notice_settings.c.user_id == given.c.user_id)
        .where(messages.c.deleted_at.is_(None), reader.c.disabled_at.is_(None))
        .where(memberships.c.read_seq < given.c.seq, _asked_for(given))
        .where(sa.or_(memberships.c.hidden_seq.is_(None), memberships.c.hidden_seq < given.c.seq))
        .where(~sa.exists().where(blocks.c.user_id == reader.c.id, blocks.c.blocked_id == author.c.id))
    )
    return [Calling(*row[:8], Hours(*row[8:12]), row[12]) for row in await conn.execute(statement)]


def _asked_for(given: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether the level of the room asks for a message: of one that calls for whole rooms, any; else one's mentions."""
    mentioned = sa.exists().where(
        mentions.c.room_id == given.c.room_id,
        mentions.c.seq == given.c.seq,
        mentions.c.user_id.in_([given.c.user_id, EVERYBODY]),
    )
    is_whole = sa.and_(memberships.c.level == "all", sa.or_(rooms.c.kind == "direct", memberships.c.notify_all))
    return sa.or_(is_whole, sa.and_(memberships.c.level != "muted", mentioned))


def _first_file(given: sa.FromClause) -> sa.ColumnElement[str]:
    named = sa.select(sa.literal(f"{FILE_SIGN} ") + files.c.name).join_from(
        attachments, files, files.c.id == attachments.c.file_id
    )
    its = named.where(attachments.c.room_id == given.c.room_id, attachments.c.seq == given.c.seq)
    return its.order_by(attachments.c.position).limit(1).scalar_subquery()


async def push(conn: AsyncConnection, places: Collection[Due]) -> bool:
    """Put notices on their way to all browsers of their people; whether there was one with a push service."""
    if not places:
        return False
    given = _rows([*places], "room_id", "seq", "user_id")
    rows = (
        sa.select(notice_browsers.c.session_id, given.c.room_id, given.c.seq, notice_browsers.c.service)
        .join_from(given, notice_browsers, notice_browsers.c.user_id == given.c.user_id)
        .where(notice_browsers.c.endpoint.is_not(None))
    )
    new = insert(pushes).from_select(["session_id", "room_id", "seq", "service"], rows).on_conflict_do_nothing()
    return (await conn.execute(new)).rowcount > 0
