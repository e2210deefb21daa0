"""The way of bytes to the database and back."""

import asyncio
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.binary import Binary, Row
from app.db.driver.engine import autocommit
from app.db.driver.kept import Kept

KEPT_S = 0.25  # a connection, after a statement: fetching one for each piece takes a third of the time of a piece


class Lane:
    """Takes at most half of the pool at once, so that all else finds a connection.

    Who is slow to send or take bytes holds none. From a pool of one nothing is kept.
    """

    def __init__(self, engine: AsyncEngine, pool: int) -> None:
        self._autocommit = autocommit(engine)
        self._turns = asyncio.Semaphore(max(1, pool // 2))
        self._keeps = pool > 1
        self._kept: list[Kept] = []
        self._timer: asyncio.TimerHandle | None = None
        self._giving_back: asyncio.Task[None] | None = None

    async def run(self, statement: Binary, parameters: Mapping[str, object]) -> list[Row]:
        """The rows of one statement, which is its own transaction.

        Raises:
            sqlalchemy.exc.DBAPIError, TimeoutError
        """
        async with self._turns:
            kept = self._kept.pop() if self._kept else Kept(self._autocommit)
            try:
                async with kept.use() as conn:
                    return await statement.run(conn, parameters)
            finally:
                self._kept.append(kept)
                await self._done()

    async def close(self) -> None:
        """Give all connections back; nothing may be running."""
        if self._timer is not None:
            self._timer.cancel()
        if self._giving_back is not None:
            await asyncio.wait([self._giving_back])
        await self._give_back()

    async def _done(self) -> None:
        if not self._keeps:
            await self._give_back()
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(KEPT_S, self._begin_giving_back)

    def _begin_giving_back(self) -> None:
        self._giving_back = asyncio.create_task(self._give_back())

    async def _give_back(self) -> None:
        while self._kept:
            async with self._kept.pop():
                pass
