"""Sockets end with their sessions, however those end.

A session that ends in this process or another closes its sockets at once. One that expires is found by a check every
heartbeat; one that ends while the bus is away, by a check every `AWAY_S` for as long as that lasts. The check counts as
a visit, so an open page keeps its session alive.
"""

import asyncio
import logging

from app.auth.service import Accounts
from app.chat.wire.notes import Note, SessionEnded
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.live.bus.bus import Bus
from app.live.hub import Hub

log = logging.getLogger(__name__)

AWAY_S = 1.5


def end_session(session_id: int, hub: Hub, bus: Bus[Note]) -> None:
    """Close the sockets of a session that ended, here and in other processes."""
    hub.clients.close_session(session_id)
    bus.send(SessionEnded(session_id))


async def end_dead_sessions_for_ever(hub: Hub, accounts: Accounts, bus: Bus[Note], every_s: float) -> None:
    """Close the sockets of sessions that no longer live, every so many seconds; endless."""
    left_s, was_open = every_s, True
    while True:
        pause_s = min(every_s, AWAY_S)
        await asyncio.sleep(pause_s)
        left_s -= pause_s
        is_due = left_s <= 0 or not (bus.is_open and was_open)  # once more when it is back: notes were lost until then
        was_open = bus.is_open
        if not is_due:
            continue
        left_s = every_s
        connected = hub.clients.session_ids()
        if not connected:
            continue
        try:
            dead = connected - await accounts.living(connected)
        except DATABASE_GONE as error:
            log.warning("cannot check sessions reason=%s", cause_of(error).reason)
            continue
        for session_id in dead:
            hub.clients.close_session(session_id)
