"""A log-in from where a person has not logged in before: marked in the list of their sessions, and mailed to them."""

import logging
from datetime import timedelta

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth.sessions import Session, Visitor
from app.auth.throttle import network_of
from app.base.log_fields import fields
from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.schema import devices, sessions
from app.recovery.browsers import device
from app.recovery.mailing import Mailing

log = logging.getLogger(__name__)

FORGOTTEN = timedelta(days=365)


class Devices:
    """One a process."""

    def __init__(self, engine: AsyncEngine, mailing: Mailing) -> None:
        self._autocommit, self._mailing = autocommit(engine), mailing

    async def on_entered(self, session: Session, visitor: Visitor) -> None:
        """Somebody logged in: note from where, and publish what is new to them. It never keeps anybody out."""
        name, user_id = device(visitor.user_agent), session.user.id
        try:
            async with self._autocommit.connect() as conn:
                is_new = await _note(conn, session, name, network_of(visitor.address))
        except DATABASE_GONE as error:
            log.warning("a device is not noted", extra=fields(reason=type(error).__name__))
            return
        if is_new:
            log.info("new device", extra=fields(user=user_id, device=name, address=visitor.address))
            self._mailing.new_device(user_id, name, visitor.address)

    async def acknowledge(self, user_id: int) -> None:
        """A person has seen where they logged in anew."""
        async with self._autocommit.connect() as conn:
            await conn.execute(update(sessions).where(sessions.c.user_id == user_id).values(is_new_device=False))


async def _note(conn: AsyncConnection, session: Session, name: str, network: str) -> bool:
    """Keep where a session began; True, and it is marked, where its person never logged in there, but did elsewhere."""
    user_id, now = session.user.id, func.clock_timestamp()
    here = and_(devices.c.device == name, devices.c.network == network)
    lives = devices.c.seen_at >= now - FORGOTTEN
    # Each part of the statement sees the table as it was before.
    theirs = select(here.label("is_here"), lives.label("lives")).where(devices.c.user_id == user_id).cte()
    forget = delete(devices).where(devices.c.user_id == user_id, ~lives, ~here).cte()
    noted = insert(devices).values(user_id=user_id, device=name, network=network)
    noted = noted.on_conflict_do_update(constraint="devices_pkey", set_={"seen_at": now})
    is_new = func.bool_and(~theirs.c.is_here)  # None where they logged in nowhere
    judged = select(is_new.label("is_new")).where(theirs.c.lives).cte()
    begun = sessions.c.id == session.id, select(judged.c.is_new).scalar_subquery()
    mark = update(sessions).where(*begun).values(is_new_device=True).cte()
    statement = select(judged.c.is_new).add_cte(forget, noted.cte(), mark)
    return bool((await conn.execute(statement)).scalar_one())
