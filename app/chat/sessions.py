"""Sockets end with their sessions, however those end.

A session that ends in this process or another closes its sockets at once. One that expires, or ends while the bus is
away, is found by a check every heartbeat. The check counts as a visit, so an open page keeps its session alive.
"""

import asyncio
import logging

from app.auth.service import Accounts
from app.chat.wire.notes import Note, SessionEnded
from app.db.driver.engine import DATABASE_GONE
from app.live.bus import Bus
from app.live.hub import Hub

log = logging.getLogger(__name__)


def end_session(session_id: int, hub: Hub, bus: Bus[Note]) -> None:
    """Close the sockets of a session that ended, here and in other processes."""
    hub.clients.close_session(session_id)
    bus.send(SessionEnded(session_id))


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
