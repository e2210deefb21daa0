"""People who write, and what the index has of their messages."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.driver.engine import ENGINE
from app.search.index.statements import SEGMENT, segments, window
from app.search.index.terms import asked
from app.search.words.lexemes import keys_of
from tests.chat.conftest import Member, join, member, mortal, server
from tests.support.index import faults_in_index
from tests.support.load import PATIENCE_S

__all__ = ["join", "member", "mortal", "server"]

Seen = TypeVar("Seen")


async def found(conn: AsyncConnection, user: int, tsquery: str, limit: int = 1_000) -> list[tuple[int, int]]:
    """The rooms and seqs of what a person finds, the newest first."""
    hi, lo = await segments(conn)
    before = (hi + 1) * SEGMENT
    rows = await window(conn, tsquery=tsquery, user_id=user, hi=hi, lo=lo, before=before, limit=limit)
    return [(row.room, row.seq) for row in rows]


async def found_by(person: Member, *words: str) -> list[tuple[int, int]]:
    """What somebody finds now by words, or by terms that begin with a capital letter."""
    keys = [keys_of(word) if word.islower() else {word} for word in words]
    query = "&".join(f"({'|'.join(map(asked, each))})" for each in keys)
    async with person.app[ENGINE].connect() as conn:
        return await found(conn, person.author["id"], query)


async def becomes(look: Callable[[], Awaitable[Seen]], wanted: Seen) -> None:
    """Wait until what one looks at is as wanted; fails with what it is after a long while."""
    ends = time.monotonic() + PATIENCE_S
    while (seen := await look()) != wanted:
        assert time.monotonic() < ends, f"{seen!r} never became {wanted!r}"
        await asyncio.sleep(0.02)


async def is_level(database: Engine) -> None:
    """Wait until the index has every living message as it is, once, and nothing else."""

    async def look() -> list[str]:
        with database.connect() as conn:
            return faults_in_index(conn)

    await becomes(look, [])
