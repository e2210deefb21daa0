"""Writes what changed in the rooms to the index. A pass is one transaction: all of it or nothing."""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from app.search.index import reading, writing
from app.search.index.indexed import indexed
from app.search.index.reading import Found
from app.search.index.writing import Head


class Follower(Protocol):
    """Another one that is given what a pass has read."""

    async def note(self, conn: AsyncConnection, changes: Sequence[Found]) -> None:
        """Write, in the transaction of the pass."""

    def committed(self) -> None:
        """What was noted is committed. Never waits."""


class Pass(NamedTuple):
    """What one pass did: the heads that it raised, and the rooms that still have changes behind theirs."""

    heads: dict[int, int]
    behind: set[int]


async def follow(
    conn: AsyncConnection, rooms: Collection[int] | None, most: int, others: Iterable[Follower] = ()
) -> Pass:
    """Write at most `most` changes of some rooms, or of all, to the index, and give them to `others`.

    The transaction must be one that may.
    """
    found = await reading.changes(conn, rooms, most)
    last = {change.room: change for change in found}
    if found:
        # What is before `filled_seq` the fill will read as it is then.
        lines = await indexed(change for change in found if change.seq >= change.filled_seq)
        heads = [Head(change.room, change.rev, change.filled_seq) for change in last.values()]
        await writing.write(conn, sorted(lines, key=attrgetter("created_at")), heads)
        for other in others:
            await other.note(conn, found)
    return Pass(
        {change.room: change.rev for change in last.values()},
        {change.room for change in last.values() if not change.is_last},
    )
