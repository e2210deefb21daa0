"""A log-in from where a person has not logged in before: marked in the list of their sessions, and mailed to them."""

import logging
from datetime import timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth.service import Accounts
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

    def __init__(self, engine: AsyncEngine, accounts: Accounts, mailing: Mailing) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts, self._mailing = accounts, mailing

    async def on_entered(self, token: str, visitor: Visitor) -> None:
        """Somebody logged in: note from where, and publish what is new to them. It never keeps anybody out."""
        name, user_id = device(visitor.user_agent), None
        try:
            session = await self._accounts.session(token)
            if session is not None and await self._is_new(session, name, network_of(visitor.address)):
                user_id = session.user.id
        except DATABASE_GONE as error:
            log.warning("a device is not noted", extra=fields(reason=type(error).__name__))
        if user_id is not None:
            log.info("new device", extra=fields(user=user_id, device=name, address=visitor.address))
            self._mailing.new_device(user_id, name, visitor.address)

    async def _is_new(self, session: Session, name: str, network: str) -> bool:
        """Note where a session began; one from a new place is marked."""
        async with self._transactions.begin() as conn:
            is_new = await _note(conn, session.user.id, name, network)
            if is_new:
                await conn.execute(update(sessions).where(sessions.c.id == session.id).values(is_new_device=True))
        return is_new

    async def acknowledge(self, user_id: int) -> None:
        """A person has seen where they logged in anew."""
        async with self._autocommit.connect() as conn:
            await conn.execute(update(sessions).where(sessions.c.user_id == user_id).values(is_new_device=False))


async def _note(conn: AsyncConnection, user_id: int, name: str, network: str) -> bool:
    """Keep that somebody logged in from here; True where they never did, but did elsewhere."""
    theirs = devices.c.user_id == user_id
    await conn.execute(delete(devices).where(theirs, devices.c.seen_at < func.clock_timestamp() - FORGOTTEN))
    has_others = (await conn.execute(select(exists().where(theirs)))).scalar_one()
    values = {"user_id": user_id, "device": name, "network": network}
    again = {"seen_at": func.clock_timestamp()}
    statement = insert(devices).values(values)
    statement = statement.on_conflict_do_update(constraint="devices_pkey", set_=again)
    known = exists().where(theirs, devices.c.device == name, devices.c.network == network)
    was_known = (await conn.execute(select(known))).scalar_one()
    await conn.execute(statement)
    return bool(has_others and not was_known)
