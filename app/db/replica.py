"""A copy of the database that some reads may come from; it may lag, and it may be away.

Owns when the copy is asked at all. What is read, and whether the answer is new enough, is the caller's business: it
compares the answer with the database itself, and reads there when it is too old.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import DatabaseConfig
from app.db.driver.engine import DATABASE_GONE, autocommit, make_engine

log = logging.getLogger(__name__)

# Any error counts: a replica that has not got the newest migration yet lacks a column.
FAILED: tuple[type[Exception], ...] = (DBAPIError, *DATABASE_GONE)

PATIENCE_S = 1.0  # for a connection and the answer together
REST_S = 10.0

Answer = TypeVar("Answer")


class Replica:
    """The replica of `config.database_replica_url`, with a pool of its own; without one nothing is ever answered."""

    def __init__(self, config: DatabaseConfig) -> None:
        given = config.database_replica_url
        self._autocommit = autocommit(make_engine(config, given)) if given is not None else None
        self._resting_until = 0.0
        self._is_away = False

    @property
    def is_given(self) -> bool:
        """Whether there is one, be it away or not."""
        return self._autocommit is not None

    async def ask(self, question: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer | None:
        """What the replica answers; None when there is none, or it is away.

        One that failed, or did not answer within a second, is left alone for ten.
        """
        now = asyncio.get_running_loop().time()
        if self._autocommit is None or now < self._resting_until:
            return None
        if self._is_away:
            self._resting_until = now + REST_S  # one finds out whether it is back; nobody else waits for that
        try:
            async with asyncio.timeout(PATIENCE_S), self._autocommit.connect() as conn:
                answer = await question(conn)
        except FAILED as error:
            self._leave_alone(error)
            return None
        self._is_away, self._resting_until = False, 0.0
        return answer

    def _leave_alone(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("replica left alone reason=%s", type(error).__name__)
        self._is_away, self._resting_until = True, asyncio.get_running_loop().time() + REST_S

    async def close(self) -> None:
        if self._autocommit is not None:
            await self._autocommit.dispose()
