"""Statements on reports, one function each. They never commit."""

from typing import Any

from sqlalchemy import Row, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import memberships, messages, reports, rooms, users

AnyRow = Row[*tuple[Any, ...]]
MAX_OPEN = 200  # of a list to look at


async def readable(conn: AsyncConnection, user_id: int, room_id: int, seq: int) -> AnyRow | None:
    """A living message as a member of its room reads it, with its author; None for others."""
    statement = (
        select(messages.c.body, messages.c.author_id, users.c.login, users.c.display_name)
        .join_from(messages, users, users.c.id == messages.c.author_id)
        .join(memberships, memberships.c.room_id == messages.c.room_id)
        .where(messages.c.room_id == room_id, messages.c.seq == seq, memberships.c.user_id == user_id)
        .where(messages.c.deleted_at.is_(None))
    )
    return (await conn.execute(statement)).one_or_none()


async def report(conn: AsyncConnection, user_id: int, room_id: int, seq: int, reason: str) -> bool:
    """Report a message with what it says now; False where this person has reported it already."""
    said = select(messages.c.room_id, messages.c.seq, literal(user_id), literal(reason), messages.c.body).where(
        messages.c.room_id == room_id, messages.c.seq == seq
    )
    columns = ["room_id", "seq", "reporter_id", "reason", "said"]
    statement = upsert(reports).from_select(columns, said).on_conflict_do_nothing()
    return (await conn.execute(statement)).rowcount == 1


async def open_reports(conn: AsyncConnection) -> list[AnyRow]:
    """Those that wait for an admin, oldest first, with who wrote and who reported."""
    author, reporter = users.alias("author"), users.alias("reporter")
    statement = (
        select(
            *(reports.c.id, reports.c.created_at, reports.c.room_id, reports.c.seq, reports.c.reason, reports.c.said),
            *(author.c.login.label("author"), author.c.display_name.label("author_name")),
            *(reporter.c.login.label("reporter"), reporter.c.display_name.label("reporter_name")),
            *(rooms.c.kind, rooms.c.name, messages.c.deleted_at),
        )
        .select_from(
            reports.join(rooms, rooms.c.id == reports.c.room_id)
            .join(messages, (messages.c.room_id == reports.c.room_id) & (messages.c.seq == reports.c.seq))
            .join(author, author.c.id == messages.c.author_id)
            .join(reporter, reporter.c.id == reports.c.reporter_id)
        )
        .where(reports.c.settled_at.is_(None))
        .order_by(reports.c.id)
        .limit(MAX_OPEN)
    )
    return [*await conn.execute(statement)]


async def count_open(conn: AsyncConnection) -> int:
    return int((await conn.execute(select(func.count()).where(reports.c.settled_at.is_(None)))).scalar_one())


async def settle(conn: AsyncConnection, admin_id: int | None, report_id: int) -> AnyRow | None:
    """End a report; its room and the author of its message, None where it had ended already."""
    author = select(messages.c.author_id).where(
        messages.c.room_id == reports.c.room_id, messages.c.seq == reports.c.seq
    )
    statement = (
        update(reports)
        .where(reports.c.id == report_id, reports.c.settled_at.is_(None))
        .values(settled_at=func.clock_timestamp(), settled_by=admin_id)
        .returning(reports.c.room_id, author.scalar_subquery().label("author_id"))
    )
    return (await conn.execute(statement)).one_or_none()
