"""Sockets end with their sessions, however those end: expired, revoked elsewhere, or while the bus was away.

A sign-out in this or another process closes sockets at once; this is the net below it. It also tells the accounts that
an open page is a visit.
"""

import asyncio
import logging

from app.auth.service import Accounts
from app.db.driver.engine import DATABASE_GONE
from app.live.hub import Hub

log = logging.getLogger(__name__)


async def end_dead_sessions_for_ever(hub: Hub, accounts: Accounts, every_s: float) -> None:
    """Close the sockets of sessions that no longer live, every so many seconds; endless."""
    while True:
        await asyncio.sleep(every_s)
        connected = hub.clients.session_ids()
        if not connected:
            continue
        try:
            dead = connected - await accounts.living(connected)
        except DATABASE_GONE as error:
            log.warning("cannot check sessions reason=%s", type(error).__name__)
            continue
        for session_id in dead:
            hub.clients.close_session(session_id)
