"""Locks that a test holds while the app wants them."""

import asyncio

from sqlalchemy import Engine, text


async def until_waiting(database: Engine, count: int = 1) -> None:
    """Returns when that many statements of the app wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parley' AND wait_event_type = 'Lock'"
    )
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while (conn.scalar(waiting) or 0) < count:  # noqa: ASYNC110 (another process gets there; it sends no event)
            await asyncio.sleep(0.01)


async def cancel_who_waits(database: Engine) -> None:
    """End the statement of the app that waits for a lock, as its time limit would."""
    await until_waiting(database)
    cancel = text(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'parley' AND wait_event_type = 'Lock'"
    )
    with database.connect() as conn:
        conn.execute(cancel)
