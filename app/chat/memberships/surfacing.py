"""A conversation that is out of somebody's list comes back with its next message.

A post does nothing for that. Each process looks every `LOOK_S`, and at once when a room was written to that it knows to
be hidden; whoever finds one first changes the lists.
"""

import asyncio
import logging

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.waiting import is_set_within
from app.chat.memberships import members, numbering
from app.chat.memberships.following import Following
from app.db.driver.engine import autocommit
from app.db.driver.kept import direct
from app.db.driver.outlasting import outlasting

log = logging.getLogger(__name__)

LOOK_S = 1.5
MAX_KNOWN = 10_000  # rooms that were hidden here; of others the next look finds out


class Surfacing:
    """One a process."""

    def __init__(self, engine: AsyncEngine, following: Following) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._following = following
        self._known: set[int] = set()
        self._rung = asyncio.Event()

    def note(self, room: int) -> None:
        """A room was hidden in this process."""
        if len(self._known) < MAX_KNOWN:
            self._known.add(room)

    def on_written(self, room: int) -> None:
        """A room was written to, here or in another process. Never waits."""
        if room in self._known:
            self._known.discard(room)
            self._rung.set()

    async def surface_for_ever(self) -> None:
        """Look every `LOOK_S`, and when it is rung for; endless."""
        while True:
            await is_set_within(self._rung, LOOK_S)
            self._rung.clear()
            with outlasting(log, "cannot look for hidden rooms"):
                await self.surface()

    async def surface(self) -> None:
        """Put hidden rooms that have a new message into their people's lists."""
        async with direct(self._autocommit) as conn:
            ((is_due,),) = await members.HAS_SURFACING.run(conn, {})
        if not is_due:
            return
        async with self._transactions.begin() as conn:
            lists_rev = await numbering.raise_lists_rev(conn)
            await numbering.stamp_users(conn, lists_rev, await members.surface(conn))
        self._following.ring()
