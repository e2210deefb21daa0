"""Statements on what people have set of notices, and on their browsers. They never commit."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import memberships, notice_browsers, notice_settings, pages_in_use, rooms
from app.notices.requests import Reached
from app.notices.wording import Hours

AnyRow = Row[*tuple[Any, ...]]

_COLUMNS = ("sound", "quiet_from", "quiet_until", "zone", "paused_until")


async def settings_of(conn: AsyncConnection, user_id: int) -> AnyRow | None:
    """What somebody has set; None for who has never switched notices on."""
    columns = [notice_settings.c[name] for name in _COLUMNS]
    return (await conn.execute(select(*columns).where(notice_settings.c.user_id == user_id))).one_or_none()


async def set_settings(conn: AsyncConnection, user_id: int, **values: Any) -> None:
    new = insert(notice_settings).values(user_id=user_id, **values)
    if values:
        await conn.execute(new.on_conflict_do_update(index_elements=["user_id"], set_=values))
    else:
        await conn.execute(new.on_conflict_do_nothing())


async def set_hours(conn: AsyncConnection, user_id: int, hours: Hours, *, sound: bool) -> None:
    await set_settings(
        conn, user_id, sound=sound, quiet_from=hours.quiet_from, quiet_until=hours.quiet_until, zone=hours.zone
    )


async def pause(conn: AsyncConnection, user_id: int, until: datetime | None) -> None:
    await set_settings(conn, user_id, paused_until=until)


async def switch_on(conn: AsyncConnection, session_id: int, user_id: int, reached: Reached | None) -> None:
    """Keep how a browser is reached. A subscription that another session had is this one's from now on."""
    values = {"user_id": user_id, "endpoint": None, "service": None, "public_key": None, "auth_secret": None}
    if reached is not None:
        others = delete(notice_browsers).where(notice_browsers.c.endpoint == reached.endpoint)
        await conn.execute(others.where(notice_browsers.c.session_id != session_id))
        values |= {name: getattr(reached, name) for name in reached.__struct_fields__}
    new = insert(notice_browsers).values(session_id=session_id, **values)
    await conn.execute(new.on_conflict_do_update(index_elements=["session_id"], set_=values))


async def switch_off(conn: AsyncConnection, session_id: int) -> None:
    await conn.execute(delete(notice_browsers).where(notice_browsers.c.session_id == session_id))


async def endpoint_of(conn: AsyncConnection, session_id: int) -> str | None:
    """Of the browser of a session: "" where it has no push service, None where notices are off in it."""
    theirs = select(func.coalesce(notice_browsers.c.endpoint, "")).where(notice_browsers.c.session_id == session_id)
    endpoint: str | None = (await conn.execute(theirs)).scalar_one_or_none()
    return endpoint


async def set_in_use(conn: AsyncConnection, session_id: int, user_id: int, lasting: timedelta) -> None:
    """Note that a page of a session is before somebody's eyes, for a while."""
    until = func.clock_timestamp() + literal(lasting)
    new = insert(pages_in_use).values(session_id=session_id, user_id=user_id, until=until)
    await conn.execute(new.on_conflict_do_update(index_elements=["session_id"], set_={"until": until}))


async def rooms_of(conn: AsyncConnection, user_id: int) -> list[AnyRow]:
    """The living rooms of somebody that are not direct, by name, and whether each of their messages is a notice."""
    mine = (
        select(rooms.c.id, rooms.c.name, memberships.c.notify_all, memberships.c.level)
        .join(memberships, memberships.c.room_id == rooms.c.id)
        .where(memberships.c.user_id == user_id, rooms.c.kind != "direct", rooms.c.archived_at.is_(None))
    )
    return [*await conn.execute(mine.order_by(rooms.c.name_key, rooms.c.id))]
