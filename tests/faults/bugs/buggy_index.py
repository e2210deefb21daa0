"""A bug that a chat could have in what it does with its index. See `buggy.py`."""

import asyncio
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from app.search.index import writing
from app.search.index.writing import Head, Indexed

LAZY_S = 60.0  # whoever is killed is between the two: a busy process indexes seldom, and a short one would be missed


def heads_before_lines() -> None:
    """How far a room is in the index is committed long before the lines that it counts."""
    write = writing.write

    async def write_apart(conn: AsyncConnection, lines: list[Indexed], heads: list[Head]) -> None:
        async with conn.engine.begin() as apart:
            await write(apart, [], heads)
        await asyncio.sleep(LAZY_S)
        await write(conn, lines, heads)

    writing.write = write_apart


BUGS: tuple[Callable[[], None], ...] = (heads_before_lines,)
