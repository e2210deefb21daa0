"""A connection without SQLAlchemy around it, for the statements whose cost is felt: those that run for every message.

Fetching a connection, running a statement in a greenlet and wrapping its rows took half of the CPU of a post; its end
in a task took a tenth of that of a change. SQLAlchemy still builds the statements and has the connections in its pool,
and its exceptions still say what went wrong.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import cast

import psycopg2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn

from app.db.driver.connection import Connection


@asynccontextmanager
async def direct(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """The driver's own connection from the pool; each statement on it is its own transaction.

    After any error but a violated constraint its state is unknown, so it is closed.

    Raises:
        sqlalchemy.exc.DBAPIError: for what psycopg2 raises, here or in the block.
    """
    try:
        pooled = await greenlet_spawn(engine.sync_engine.raw_connection)
    except psycopg2.Error as error:
        raise _translated(error, engine) from error
    try:
        yield cast(Connection, pooled.driver_connection)
    except psycopg2.IntegrityError as error:
        raise _translated(error, engine) from error
    except BaseException as error:
        await greenlet_spawn(pooled.invalidate)
        if isinstance(error, psycopg2.Error):
            raise _translated(error, engine) from error
        raise
    finally:
        await greenlet_spawn(pooled.close)


class Kept:
    """A `direct` connection of an engine that is kept from use to use, for one user at a time.

    It goes back to the pool at the end of `async with`. When it was closed, the next use begins with a new one.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._pooled = engine
        self._checkout = AsyncExitStack()
        self._connection: Connection | None = None

    async def __aenter__(self) -> "Kept":
        return self

    async def __aexit__(self, *error: object) -> None:
        self._connection = None
        await self._checkout.__aexit__(*error)  # type: ignore[arg-type]

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        """The connection, made first if need be; raises as `direct` does."""
        connection = self._connection
        if connection is not None and connection.closed:  # by the server, while nobody used it
            lost = psycopg2.OperationalError("the server has closed the connection")
            with suppress(DBAPIError):  # the same error; passing it on makes the pool drop the connection
                await self.__aexit__(type(lost), lost, None)
            connection = None
        if connection is None:
            connection = self._connection = await self._checkout.enter_async_context(direct(self._pooled))
        try:
            yield connection
        except psycopg2.IntegrityError as error:
            raise _translated(error, self._pooled) from error
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise


def _translated(error: psycopg2.Error, engine: AsyncEngine) -> DBAPIError:
    found = DBAPIError.instance(None, None, error, psycopg2.Error, hide_parameters=True, dialect=engine.dialect)
    return cast(DBAPIError, found)
