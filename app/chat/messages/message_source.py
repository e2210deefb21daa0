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
# Of one round, so that what it reads is bounded, however large the messages are that its clients ask for.
MAX_PLACES = 8

_Place = tuple[int, int, int]  # a room, the rev after which to read, and how many events at the most


class MessageSource:
    """Implements `app.live.source.Source`. What many ask for at once, as after a restart, is read by one statement."""

    gone = DATABASE_GONE

    def __init__(self, engine: AsyncEngine) -> None:
        self._autocommit = autocommit(engine)
        # Apart from each other: who comes back from far does not hold up what is new.
        self._changes = Gathered(self._load_changes, MAX_PLACES)
        self._missed = Gathered(self._load_changes, MAX_PLACES)
        self._heads = Gathered(self._load_heads)

    async def changes(self, room: int, after: int) -> Changes:
        found = await self._changes.get((room, after, PAGE))
        assert found is not None  # noqa: S101 (every key is answered)
        return found

    async def missed(self, room: int, after: int, most: int) -> Changes:
        found = await self._missed.get((room, after, most))
        assert found is not None  # noqa: S101
        return found

    async def heads(self, rooms: Collection[int]) -> Heads:
        found = await self._heads.get(frozenset(rooms))
        assert found is not None  # noqa: S101
        return found

    async def _load_changes(self, places: Collection[_Place]) -> dict[_Place, Changes]:
        found: dict[_Place, Changes] = {}
        async with direct(self._autocommit) as conn:  # for every message that another process writes
            for room, after, most in places:
                async with asyncio.timeout(ANSWER_S):
                    upto, messages = await queries.changes_after(conn, room, after, most)
                events = [(message.rev, message.seq, encode(message)) for message in messages]
                found[room, after, most] = Changes(room, after, max(after, upto), events)
        return found

    async def _load_heads(self, asked: Collection[frozenset[int]]) -> dict[frozenset[int], Heads]:
        async with asyncio.timeout(ANSWER_S), self._autocommit.connect() as conn:
            epoch, revs = await room_queries.heads(conn, frozenset().union(*asked))
        return {rooms: Heads(str(epoch), {room: revs[room] for room in rooms if room in revs}) for rooms in asked}
