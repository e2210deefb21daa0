"""The hub's truth: rooms' changes and heads from the database, as lines of the wire."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat import queries
from app.chat.events import Message, encode
from app.db.engine import DATABASE_GONE, autocommit
from app.live.channel import Changes

PAGE = 200


class MessageSource:
    """Implements `app.live.hub.Source`; each call is one statement."""

    gone = DATABASE_GONE

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = autocommit(engine)

    async def changes(self, room: int, after: int) -> Changes:
        async with self._engine.connect() as conn:
            upto, messages = await queries.changes_after(conn, room, after, PAGE)
        return Changes(room, after, max(after, upto), lines(messages))

    async def heads(self, rooms: Collection[int]) -> dict[int, int]:
        async with self._engine.connect() as conn:
            return await queries.heads(conn, rooms)


def lines(messages: Collection[Message]) -> list[tuple[int, bytes]]:
    """Each message's rev and line; the only place where a message is encoded, once a process."""
    return [(message.rev, encode(message)) for message in messages]
