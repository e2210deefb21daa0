"""Statements on pushes and the services that carry them, one function each. They never commit."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Text, bindparam, delete, exists, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import notice_browsers, push_services, pushes

LEASE = timedelta(seconds=30)  # after which one that was taken and not ended is taken again

_NOW = func.clock_timestamp()
_KEY = (pushes.c.session_id, pushes.c.room_id, pushes.c.seq)


class Push(NamedTuple):
    """A notice that was taken, on its way to one browser; `tries` counts this one."""

    session: int
    room: int
    seq: int
    tries: int
    user: int
    endpoint: str
    public_key: bytes
    auth_secret: bytes


async def due_services(conn: AsyncConnection, but: Collection[str], most: int) -> list[str]:
    """Services for which something is due, but for some and those that rest."""
    resting = exists().where(push_services.c.service == pushes.c.service, push_services.c.rests_until > _NOW)
    busy = bindparam(None, [*but], type_=ARRAY(Text))
    due = select(pushes.c.service).distinct().where(pushes.c.due_at <= _NOW, pushes.c.service != func.all(busy))
    return [*(await conn.execute(due.where(~resting).limit(most))).scalars()]


async def take(conn: AsyncConnection, service: str, most: int) -> list[Push]:
    """The pushes of a service that are due for the longest, which nobody else gets for a while."""
    due = select(*_KEY).where(pushes.c.service == service, pushes.c.due_at <= _NOW).order_by(pushes.c.due_at)
    locked = due.limit(most).with_for_update(skip_locked=True).cte("due")
    browser = notice_browsers
    taken = (
        update(pushes)
        .where(tuple_(*_KEY).in_(select(*locked.c)), browser.c.session_id == pushes.c.session_id)
        .values(due_at=_NOW + literal(LEASE), tries=pushes.c.tries + 1)
        .returning(
            *(*_KEY, pushes.c.tries, browser.c.user_id),
            *(browser.c.endpoint, browser.c.public_key, browser.c.auth_secret),
        )
    )
    return [Push(*row) for row in await conn.execute(taken)]


async def end(conn: AsyncConnection, ended: Collection[Push]) -> None:
    """They have arrived, or never will."""
    keys = [(each.session, each.room, each.seq) for each in ended]
    await conn.execute(delete(pushes).where(tuple_(*_KEY).in_(keys)))


async def put_off(conn: AsyncConnection, push: Push, wait: timedelta, *, counted: bool) -> None:
    """Take a push again after a while; `counted`: as one more that failed."""
    tries = push.tries if counted else push.tries - 1
    theirs = update(pushes).where(tuple_(*_KEY) == (push.session, push.room, push.seq))
    await conn.execute(theirs.values(due_at=_NOW + literal(wait), tries=tries))


async def rest(conn: AsyncConnection, service: str, wait: timedelta) -> None:
    """Ask nothing of a service for a while."""
    new = insert(push_services).values(service=service, rests_until=_NOW + literal(wait))
    latest = func.greatest(push_services.c.rests_until, new.excluded.rests_until)
    await conn.execute(new.on_conflict_do_update(index_elements=["service"], set_={"rests_until": latest}))


async def forget_browser(conn: AsyncConnection, session_id: int, endpoint: str) -> None:
    """Its push service has it no more. Nothing where the browser has got another subscription meanwhile."""
    gone = delete(notice_browsers).where(notice_browsers.c.session_id == session_id)
    await conn.execute(gone.where(notice_browsers.c.endpoint == endpoint))
