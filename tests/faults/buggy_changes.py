"""Bugs that a chat could have in what it does with edits, deletions and reactions. See `buggy.py`."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import false
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.chat import changing, service
from app.chat.commands import Change, Edit
from app.chat.source import MessageSource
from app.live.channel import Changes, Channel

Event = tuple[int, int, bytes]


def resumes_by_seq() -> None:
    """Whoever resumes is brought what was written since, not what has changed."""
    load = MessageSource.changes

    def since(self: Channel, rev: int) -> list[bytes] | None:
        if not self._recent_after <= rev <= self.head:
            return None
        return [line for event_rev, _, line in new_ones(self._recent) if event_rev > rev]

    async def changes(self: MessageSource, room: int, after: int) -> Changes:
        found = await load(self, room, after)
        return Changes(room, after, found.upto, new_ones(found.events))

    Channel.since, MessageSource.changes = since, changes


def new_ones(events: Iterable[Event]) -> list[Event]:
    """Those whose message is newer than all before it."""
    newest, found = 0, []
    for event in events:
        if event[1] > newest:
            newest = event[1]
            found.append(event)
    return found


def order_kept_by_seq() -> None:
    """A room's stream takes no message that is older than its newest, so no change."""
    accept = Channel.accept

    def accept_new_ones(self: Channel, changes: Changes) -> bool:
        events = [event for event in changes.events if event[1] > self._newest_subject]
        return accept(self, Changes(changes.room, changes.after, changes.upto, events))

    Channel.accept = accept_new_ones


def edits_without_commit() -> None:
    """An edit is acknowledged and told to everybody, and its transaction then rolled back."""
    change = changing.change

    class Forgetful:
        def __init__(self, engine: AsyncEngine) -> None:
            self._engine = engine

        @asynccontextmanager
        async def begin(self) -> AsyncIterator[AsyncConnection]:
            async with self._engine.connect() as conn:
                yield conn
                await conn.rollback()

    async def forget_edits(engine: AsyncEngine, user_id: int, command: Change) -> changing.Changed:
        return await change(Forgetful(engine) if isinstance(command, Edit) else engine, user_id, command)

    service.change = forget_edits


def quotes_left_behind() -> None:
    """A message whose text changes does not take along those that quote it."""
    changing._QUOTING = changing._QUOTING.where(false())


BUGS: tuple[Callable[[], None], ...] = (resumes_by_seq, order_kept_by_seq, edits_without_commit, quotes_left_behind)
