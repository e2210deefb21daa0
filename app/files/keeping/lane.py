"""The way of bytes to the database and back."""

import asyncio
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.binary import Binary, Row
from app.db.driver.engine import autocommit
from app.db.driver.kept import direct


class Lane:
    """Only so many statements run at once that all else finds a connection.

    A connection is held for one statement, however slow whoever sends or takes the bytes may be.
    """

    def __init__(self, engine: AsyncEngine, at_once: int) -> None:
        self._autocommit = autocommit(engine)
        self._turns = asyncio.Semaphore(at_once)

    async def run(self, statement: Binary, parameters: Mapping[str, object]) -> list[Row]:
        """The rows of one statement, which is its own transaction.

        Raises:
            sqlalchemy.exc.DBAPIError, TimeoutError
        """
        async with self._turns, direct(self._autocommit) as conn:
            return await statement.run(conn, parameters)
