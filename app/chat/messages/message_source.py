"""What the hub reads: rooms' changes and heads in the database, as lines of the wire."""

import asyncio
from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.memberships import room_queries
from app.chat.messages import queries
from app.chat.wire.events import encode
from app.db.driver.engine import ANSWER_S, DATABASE_GONE, autocommit
from app.db.driver.gathering import Gathered
from app.db.driver.kept import direct
from app.live.channel import Changes
from app.live.source import Heads

PAGE = 200


class MessageSource:
    """Implements `app.live.source.Source`. What many ask for at once, as after a restart, is read by one statement."""

    gone = DATABASE_GONE

    def __init__(self, engine: AsyncEngine) -> None:
        self._autocommit = autocommit(engine)
        self._changes = Gathered(self._load_changes)
        self._heads = Gathered(self._load_heads)

    async def changes(self, room: int, after: int) -> Changes:
        found = await self._changes.get((room, after))
        assert found is not None  # noqa: S101 (every key is answered)
        return found

    async def heads(self, rooms: Collection[int]) -> Heads:
        found = await self._heads.get(frozenset(rooms))
        assert found is not None  # noqa: S101
        return found

    async def _load_changes(self, positions: Collection[tuple[int, int]]) -> dict[tuple[int, int], Changes]:
        found: dict[tuple[int, int], Changes] = {}
        async with direct(self._autocommit) as conn:  # for every message that another process writes
            for room, after in positions:
                async with asyncio.timeout(ANSWER_S):
                    upto, messages = await queries.changes_after(conn, room, after, PAGE)
                events = [(message.rev, message.seq, encode(message)) for message in messages]
                found[room, after] = Changes(room, after, max(after, upto), events)
        return found

    async def _load_heads(self, asked: Collection[frozenset[int]]) -> dict[frozenset[int], Heads]:
        async with asyncio.timeout(ANSWER_S), self._autocommit.connect() as conn:
            epoch, revs = await room_queries.heads(conn, frozenset().union(*asked))
        return {rooms: Heads(str(epoch), {room: revs[room] for room in rooms if room in revs}) for rooms in asked}
