"""What the index has of messages."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.search.index.statements import SEGMENT, segments, window
from app.search.index.terms import asked


async def found(conn: AsyncConnection, user: int, *terms: str, limit: int = 1_000) -> list[tuple[int, int]]:
    """The rooms and seqs of the messages of a person that have all these terms, the newest first."""
    hi, lo = await segments(conn)
    query, before = "&".join(asked(term) for term in terms), (hi + 1) * SEGMENT
    rows = await window(conn, tsquery=query, user_id=user, hi=hi, lo=lo, before=before, limit=limit)
    return [(row.room, row.seq) for row in rows]
