"""What a page of history and a permalink cost in the database, in a long room and in a short one.

Counts PostgreSQL's own time for the statements that the app runs (`EXPLAIN ANALYZE`), at random places.
"""

import asyncio
import json
import random
import statistics
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import DatabaseConfig
from app.chat.messages.queries import stretch
from app.db.driver.engine import autocommit, make_engine

PAGE = 50

# What is asked for, about a random seq: how a permalink, scrolling up and scrolling down look.
WAYS: dict[str, Callable[[int], dict[str, int | None]]] = {
    "newest": lambda seq: {"before": None, "after": None, "around": None},
    "before": lambda seq: {"before": seq, "after": None, "around": None},
    "after": lambda seq: {"before": None, "after": seq, "around": None},
    "around": lambda seq: {"before": None, "after": None, "around": seq},
}


def measure(database_url: str, lengths: dict[int, int], looks: int) -> dict[int, dict[str, float]]:
    """Median milliseconds of a page of 50, by way, for each of these rooms; they come with how long they are."""
    return asyncio.run(_measure(database_url, lengths, looks))


async def _measure(database_url: str, lengths: dict[int, int], looks: int) -> dict[int, dict[str, float]]:
    engine = make_engine(DatabaseConfig(database_url=database_url, _env_file=None))

    async def look(conn: AsyncConnection, room: int, where: dict[str, int | None]) -> float:
        _, milliseconds = await plan(conn, room, where)
        return milliseconds

    async with autocommit(engine).connect() as conn:
        found = {
            room: {
                way: statistics.median([await look(conn, room, where(random.randint(1, length))) for _ in range(looks)])
                for way, where in WAYS.items()
            }
            for room, length in lengths.items()
        }
    await engine.dispose()
    return found


async def plan(conn: AsyncConnection, room: int, where: dict[str, int | None]) -> tuple[dict[str, Any], float]:
    """How PostgreSQL reads a page of 50, with what came of each part, and the milliseconds that it took."""
    asked: list[tuple[str, Any]] = []

    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(conn.sync_connection, "before_cursor_execute", listen)
    await stretch(conn, room, limit=PAGE, **where)
    event.remove(conn.sync_connection, "before_cursor_execute", listen)
    ((statement, parameters),) = asked
    found_plan = await explained(conn, statement, parameters)
    return found_plan["Plan"], float(found_plan["Planning Time"] + found_plan["Execution Time"])


async def explained(conn: AsyncConnection, statement: str, parameters: Any) -> dict[str, Any]:
    """What PostgreSQL explains of a statement that it runs."""
    found = await conn.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
    found_plan = found.scalar_one()
    (root,) = found_plan if isinstance(found_plan, list) else json.loads(found_plan)
    return dict(root)
