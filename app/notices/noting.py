"""Notes for whom new messages may be notices. Runs in the transaction of the follower, which reads each change once.

So no message is left out or noted twice, whatever dies, and posting has nothing to do with it.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.notices import queries
from app.notices.queries import Written
from app.notices.wording import LATE
from app.search.index.reading import Found


class Noting:
    """One a process. `rung` is set when what was noted is due, after `after_s`."""

    def __init__(self, rung: asyncio.Event, after_s: float) -> None:
        self._rung, self._after_s = rung, after_s
        self._has_noted = False

    async def note(self, conn: AsyncConnection, changes: Sequence[Found]) -> None:
        """Note new messages. Of old ones, which the fill reads, and of what is amended nobody is called again."""
        earliest = datetime.now(UTC) - LATE
        new = [
            Written(each.room, each.seq, each.author)
            for each in changes
            if each.number is None and not each.is_older and not each.is_deleted and each.time > earliest
        ]
        if new:
            self._has_noted |= await queries.note(conn, new, timedelta(seconds=self._after_s))

    def committed(self) -> None:
        """Ring when what was noted is due."""
        if self._has_noted:
            self._has_noted = False
            asyncio.get_running_loop().call_later(self._after_s, self._rung.set)
