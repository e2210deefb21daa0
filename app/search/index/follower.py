"""Writes what changed in the rooms to the index. A pass is one transaction: all of it or nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence
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
    """After one pass: up to which revs the index has rooms, and from which on rooms still have changes behind that.

    `is_cut`: other rooms, which it did not come to, may have changes, too. `is_elsewhere`: another process writes what
    rang here. This one has then written nothing.
    """

    heads: dict[int, int]
    behind: dict[int, int]
    is_cut: bool = False
    is_elsewhere: bool = False


async def follow(
    conn: AsyncConnection,
    rung: Mapping[int, int],
    most: int,
    others: Iterable[Follower] = (),
    *,
    of_all: bool = False,
) -> Pass:
    """Write at most `most` changes of the rooms that rang, or `of_all`, to the index, and give them to `others`.

    `rung` has the first rev that each of them rang for. The transaction must be one that may.
    """
    found = await reading.changes(conn, None if of_all else rung, most)
    last = {change.room: change for change in found}
    if rung and _is_elsewhere(rung, found):
        there = {room: change.head for room, change in last.items()}
        return Pass(there or {**rung}, {room: head + 1 for room, head in there.items()}, is_elsewhere=True)
    if found:
        # What is before `filled_seq` the fill will read as it is then.
        lines = await indexed(change for change in found if change.seq >= change.filled_seq)
        heads = [Head(change.room, change.rev, change.filled_seq) for change in last.values()]
        await writing.write(conn, sorted(lines, key=attrgetter("created_at")), heads)
        for other in others:
            await other.note(conn, found)
    there = {change.room: change.rev for change in last.values()}
    behind = {change.room: change.rev + 1 for change in last.values() if not change.is_last}
    is_cut = bool(behind) or len(found) >= most
    later = {room: rev for room, rev in rung.items() if room not in there} if is_cut else {}
    return Pass(there, behind | later, is_cut)


def _is_elsewhere(rung: Mapping[int, int], found: Sequence[Found]) -> bool:
    """Whether some of what rang is in the index already: then another process wrote it, and will write the rest."""
    return not found or any(change.head >= rung.get(change.room, math.inf) for change in found)
