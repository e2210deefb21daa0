"""One connection that is kept from use to use, and used without SQLAlchemy: for the statement whose cost is felt.

To fetch a connection from the pool, to run a statement in a greenlet and to wrap its rows costs as much CPU as all the
rest of a post. What a statement says is still built with SQLAlchemy, and what goes wrong is told in its words.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

import psycopg2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.connection import Connection


class Kept:
    """A connection of an engine, for one user at a time.

    It goes back to the pool at the end of `async with`. After anything that went wrong, but for a violated constraint,
    it may not be what it was: it is closed, and the next use begins with a new one.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._checkout = AsyncExitStack()
        self._pooled: AsyncConnection | None = None
        self._connection: Connection | None = None

    async def __aenter__(self) -> "Kept":
        return self

    async def __aexit__(self, *_: object) -> None:
        self._connection = self._pooled = None
        await self._checkout.aclose()

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        """The connection, made first if need be; each statement on it is its own transaction.

        Raises:
            sqlalchemy.exc.DBAPIError: for what psycopg2 raises, here or in the block.
        """
        try:
            yield await self._ready()
        except psycopg2.IntegrityError as error:
            raise self._translated(error) from error
        except psycopg2.Error as error:
            await self._discard()
            raise self._translated(error) from error
        except BaseException:
            await self._discard()
            raise

    async def _ready(self) -> Connection:
        connection = self._connection
        if connection is not None and connection.closed:  # by the server, while nobody used it
            await self._discard()
            connection = None
        if connection is None:
            self._pooled = await self._checkout.enter_async_context(self._engine.connect())
            connection = self._connection = cast(
                Connection, (await self._pooled.get_raw_connection()).driver_connection
            )
        return connection

    async def _discard(self) -> None:
        if self._pooled is not None:
            await self._pooled.invalidate()
        await self.__aexit__()

    def _translated(self, error: psycopg2.Error) -> DBAPIError:
        found = DBAPIError.instance(
            None, None, error, psycopg2.Error, hide_parameters=True, dialect=self._engine.dialect
        )
        return cast(DBAPIError, found)
