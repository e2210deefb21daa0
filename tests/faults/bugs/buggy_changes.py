"""Bugs that a chat could have in what it does with edits, deletions and reactions. See `buggy.py`."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import false
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.messages import amend
from app.chat.messages.message_source import MessageSource
from app.chat.wire.commands import Delete, Edit
from app.db.driver.connection import Connection
from app.db.driver.kept import direct
from app.live.channel import Changes, Channel

Event = tuple[int, int, bytes]


def resumes_by_seq() -> None:
    """Whoever resumes is brought what was written since, not what has changed."""
    load, load_missed = MessageSource.changes, MessageSource.missed

    def since(self: Channel, rev: int) -> Changes | None:
        if not self._recent_after <= rev <= self.head:
            return None
        return Changes(self.room, rev, self.head, [event for event in new_ones(self._recent) if event[0] > rev])

    async def changes(self: MessageSource, room: int, after: int) -> Changes:
        found = await load(self, room, after)
        return Changes(room, after, found.upto, new_ones(found.events))

    async def missed(self: MessageSource, room: int, after: int, most: int) -> Changes:
        found = await load_missed(self, room, after, most)
        return Changes(room, after, found.upto, new_ones(found.events))

    Channel.since, MessageSource.changes, MessageSource.missed = since, changes, missed


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


def changes_without_commit() -> None:
    """A change is acknowledged, and its transaction then rolled back."""

    @asynccontextmanager
    async def forgetful(engine: AsyncEngine) -> AsyncIterator[Connection]:
        async with direct(engine) as conn:
            await conn.fetch("BEGIN")
            yield conn
            await conn.fetch("ROLLBACK")

    amend.direct = forgetful


def quotes_left_behind() -> None:
    """A message whose text changes does not take along those that quote it."""
    amend._quotes_it = (false(),)
    amend.KINDS.update({Edit: amend._edit(), Delete: amend._delete()})


BUGS: tuple[Callable[[], None], ...] = (resumes_by_seq, order_kept_by_seq, changes_without_commit, quotes_left_behind)
