"""Statements on what a former member has written, one function each. They never commit."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.driver.connection import Connection
from app.db.driver.prepared import ONE, Prepared
from app.db.schema import departures, messages, reactions, rooms

_NOW = sa.func.clock_timestamp()


def _taking() -> sa.ClauseElement:
    due = sa.select(departures.c.user_id).where(departures.c.due_at <= _NOW).order_by(departures.c.due_at).limit(ONE)
    locked = due.with_for_update(skip_locked=True).scalar_subquery()
    until = _NOW + sa.cast(sa.bindparam("lease", type_=sa.Interval), sa.Interval)
    taken = sa.update(departures).where(departures.c.user_id == locked).values(due_at=until)
    return taken.returning(departures.c.user_id, departures.c.keeps_messages)


_TAKE = Prepared(_taking())  # each process asks it all the time


async def take(conn: Connection, lease: timedelta) -> tuple[int, bool] | None:
    """Somebody whose writings are to be settled, and whether they stay; nobody else gets them within `lease`."""
    rows = await _TAKE.run(conn, {"lease": lease})
    return (rows[0][0], rows[0][1]) if rows else None


async def ask(conn: AsyncConnection, user_id: int, after: timedelta) -> None:
    """Have all that somebody wrote removed, by whichever process finds it due in this time."""
    values = {"keeps_messages": False, "due_at": _NOW + after}
    statement = insert(departures).values(user_id=user_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def keep(conn: AsyncConnection, user_id: int, lease: timedelta) -> None:
    """Go on with somebody who was taken."""
    await conn.execute(sa.update(departures).where(departures.c.user_id == user_id).values(due_at=_NOW + lease))


async def end(conn: AsyncConnection, user_id: int) -> None:
    """All that somebody wrote is settled."""
    await conn.execute(sa.delete(departures).where(departures.c.user_id == user_id))


async def rooms_with(conn: AsyncConnection, user_id: int) -> list[int]:
    """The rooms that have a message or a reaction of somebody."""
    # With a limit, so that the planner looks into the index of each room.
    written = sa.select(messages.c.seq).where(messages.c.room_id == rooms.c.id, messages.c.author_id == user_id)
    one = written.limit(sa.literal_column("1")).lateral("one")
    reacted = sa.select(reactions.c.room_id).where(reactions.c.user_id == user_id)
    found = sa.select(rooms.c.id).join(one, sa.true()).union(reacted)
    return sorted((await conn.execute(found)).scalars())


async def messages_with(conn: AsyncConnection, room_id: int, user_id: int) -> list[int]:
    """The seqs of a room's messages that name somebody: as author, as the author of a quote, or by a reaction."""
    in_room = messages.c.room_id == room_id
    theirs = sa.select(messages.c.seq).where(in_room, messages.c.author_id == user_id)
    quoting = sa.select(messages.c.seq).where(in_room, messages.c.reply_to.in_(theirs))
    reacted = sa.select(reactions.c.seq).where(reactions.c.room_id == room_id, reactions.c.user_id == user_id)
    return sorted((await conn.execute(theirs.union(quoting, reacted))).scalars())


async def renumber(conn: AsyncConnection, room_id: int, seqs: Sequence[int]) -> int:
    """Give messages the room's next revs, as all who follow the room are to have them anew; returns the last."""
    locked = sa.select(rooms.c.last_rev).where(rooms.c.id == room_id).with_for_update(key_share=True)
    rev = int((await conn.execute(locked)).scalar_one())
    given = sa.func.unnest(sa.bindparam("seqs", [*seqs], type_=sa.ARRAY(sa.BigInteger)))
    each = given.table_valued("seq", with_ordinality="n", name="given").render_derived()
    theirs = sa.update(messages).where(messages.c.room_id == room_id, messages.c.seq == each.c.seq)
    await conn.execute(theirs.values(rev=rev + each.c.n))
    await conn.execute(sa.update(rooms).where(rooms.c.id == room_id).values(last_rev=rev + len(seqs)))
    return rev + len(seqs)
