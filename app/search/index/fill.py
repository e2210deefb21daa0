"""Writes to the index what was there before it, the newest first, while people write and search.

A message before which there are `n` that the index lacks gets the number `n`. So the fill needs no counter, and whoever
goes on with it sees where it is. What is new has numbers above. A message that has a line already keeps its number: the
line is written anew, with other words. What is new and has no line yet, as it was changed before it was read, gets the
next number, as always.
"""

import logging
import time
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import rooms, search, search_heads, search_segments
from app.search.index import reading, writing
from app.search.index.indexed import indexed
from app.search.index.writing import Head

log = logging.getLogger(__name__)

LOG_EVERY_S = 30.0

_LEFT = select(func.coalesce(func.sum(search_heads.c.filled_seq - 1), 0))
_TOTAL = select(func.coalesce(func.sum(rooms.c.last_seq), 0))
# While lines are written anew nobody can say so: where there are any that are left to the fill.
# A limit, so that it is one look by the key for each room.
_line = select(search.c.seq).where(search.c.room_id == search_heads.c.room_id, search.c.seq < search_heads.c.filled_seq)
_is_anew = exists().where(
    search_heads.c.filled_seq > 1, _line.limit(literal_column("1")).scalar_subquery().is_not(None)
)
_SINCE = select(func.min(search_segments.c.began)).where(~_is_anew)


class Progress(NamedTuple):
    """How far the fill is: the index has `done` of `total` messages, with all that was posted from `since` on.

    `since` is None while it has nothing, or has lines of other words, which are written anew.
    """

    done: int
    total: int
    since: datetime | None


async def progress(conn: AsyncConnection) -> Progress | None:
    """How far the fill is; None when the index has everything."""
    asked = (statement.scalar_subquery() for statement in (_LEFT, _TOTAL, _SINCE))
    left, total, since = (await conn.execute(select(*asked))).one()
    return Progress(int(total - left), int(total), since) if left else None


class Fill:
    """One batch after the other. Of each room it reads a little more than it could use of it in the last one."""

    def __init__(self) -> None:
        self._quotas: dict[int, int] = {}
        self._left: int | None = None  # when this process looked last
        self._log_at = 0.0

    async def batch(self, conn: AsyncConnection, most: int) -> int | None:
        """Write up to `most` messages to the index; how many are left. None: another process does it.

        The transaction must be one that may write.
        """
        left = await _left(conn)
        before, self._left = self._left, left
        if before not in (None, left):
            return None
        if left:
            await self._report(conn)
            await self._write(conn, left, most)
            left = self._left = await _left(conn)
            if not left:
                log.info("older messages are indexed")
        return left

    async def _write(self, conn: AsyncConnection, left: int, most: int) -> None:
        found = await reading.older(conn, self._quotas, most)
        if not found:  # some have been removed by hand
            await conn.execute(update(search_heads).values(filled_seq=1))
            return
        lines = await indexed(
            message._replace(number=left - n) if message.is_older and message.number is None else message
            for n, message in enumerate(found, 1)
        )
        heads = {message.room: Head(message.room, message.head, message.seq) for message in found}
        await writing.write(conn, lines[::-1], [*heads.values()])
        used = Counter(message.room for message in found)
        self._quotas = {room: 1 + count * 3 // 2 for room, count in used.items()}

    async def _report(self, conn: AsyncConnection) -> None:
        """Log how far it is, now and then."""
        if time.monotonic() >= self._log_at and (so_far := await progress(conn)) is not None:
            self._log_at = time.monotonic() + LOG_EVERY_S
            log.info("older messages are being indexed done=%d total=%d since=%s", *so_far)


async def _left(conn: AsyncConnection) -> int:
    return int((await conn.execute(_LEFT)).scalar_one())
