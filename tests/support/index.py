"""What the search index must have, of what stands in the database: every living message once, as it is now."""

from collections import Counter

from sqlalchemy import Connection, func, select

from app.db.schema import (
    attachments,
    files,
    mentions,
    messages,
    reactions,
    rooms,
    search,
    search_heads,
    search_segments,
)
from app.db.tables.search import SEGMENT_BITS
from app.search.index.terms import terms_of


def faults_in_index(conn: Connection, most: int = 20) -> list[str]:
    """A sentence for each message that is not in the index as it should be, and for each line that should not be."""
    wanted, there = _wanted(conn), {}
    faults: list[str] = []
    for room, seq, number, terms in conn.execute(
        select(search.c.room_id, search.c.seq, search.c.number, search.c.terms)
    ):
        there[room, seq] = number
        if (room, seq) not in wanted:
            faults.append(f"Room {room}, seq {seq}: there is no such message any more, and the index has it.")
        elif wanted[room, seq] != terms:
            faults.append(f"Room {room}, seq {seq}: the index has {terms!r}, and the message {wanted[room, seq]!r}.")
    faults += [f"Room {room}, seq {seq}: the index lacks it." for room, seq in wanted.keys() - there.keys()]
    doubled = {number for number, count in Counter(there.values()).items() if count > 1}
    if alike := sorted((number, place) for place, number in there.items() if number in doubled):
        faults.append(f"Some messages have the same number: {alike[:20]}.")
    if {number >> SEGMENT_BITS for number in there.values()} - {*conn.scalars(select(search_segments.c.segment))}:
        faults.append("A segment is missing.")
    if left := changes_left(conn):
        faults.append(f"The index lacks {left} changes.")
    return faults[:most]


def changes_left(conn: Connection) -> int:
    """How many changes the index lacks, those that it leaves to the fill among them."""
    head, filled_seq = func.coalesce(search_heads.c.rev, 0), func.coalesce(search_heads.c.filled_seq, 1)
    left = select(func.sum(func.abs(rooms.c.last_rev - head) + filled_seq - 1))
    return int(conn.scalar(left.outerjoin_from(rooms, search_heads, search_heads.c.room_id == rooms.c.id)) or 0)


def _wanted(conn: Connection) -> dict[tuple[int, int], str]:
    called: dict[tuple[int, int], list[int]] = {}
    for room, seq, user in conn.execute(select(mentions.c.room_id, mentions.c.seq, mentions.c.user_id)):
        called.setdefault((room, seq), []).append(user)
    reacted = {(room, seq) for room, seq in conn.execute(select(reactions.c.room_id, reactions.c.seq).distinct())}
    carried: dict[tuple[int, int], list[tuple[str, str]]] = {}
    attached = select(attachments.c.room_id, attachments.c.seq, files.c.kind, files.c.name)
    for room, seq, kind, name in conn.execute(attached.join_from(attachments, files)):
        carried.setdefault((room, seq), []).append((kind, name))
    living = select(messages.c.room_id, messages.c.seq, messages.c.author_id, messages.c.body)
    return {
        (room, seq): terms_of(
            *(room, author, body, called.get((room, seq), ())),
            has_reactions=(room, seq) in reacted,
            files=carried.get((room, seq), ()),
        )
        for room, seq, author, body in conn.execute(living.where(messages.c.deleted_at.is_(None)))
    }
