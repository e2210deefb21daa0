"""The engine as a cleanup context: SQLAlchemy's own pool over the `postgresql+aiopg` dialect."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import exc, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.base.config import DatabaseConfig
from app.db.driver import dialect
from app.db.driver.settings import Settings

dialect.register()

ENGINE = web.AppKey("engine", AsyncEngine)
ANSWER_S = 3.0  # for what must go on at once, on another connection, when one was cut off without a word

# What a statement raises when the database is away, too busy or cut off; whether it took effect is then unknown.
DATABASE_GONE: tuple[type[Exception], ...] = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError)


def make_engine(
    config: DatabaseConfig, url: SecretStr | None = None, *, size: int | None = None, ping: bool = True
) -> AsyncEngine:
    """An engine for `url`, or else for `config.database_url`; opens no connection yet.

    Every wait has an end: for a free connection, for a new one, for a statement, for a forgotten transaction. It keeps
    up to `size` connections (`DB_POOL` if not given; 0: each is made when asked for and closed after). With `ping`, one
    that was lost meanwhile is noticed before it is used, for a round trip.
    """
    if (given := url or config.database_url) is None:
        raise ValueError("the embedded PostgreSQL must be started, and its address put into the config, first")
    address = make_url(given.get_secret_value()).set(drivername="postgresql+aiopg")
    pool: dict[str, Any] = {
        "pool_size": config.db_pool if size is None else size,
        "max_overflow": 0,
        "pool_timeout": config.db_pool_timeout_s,
        "pool_pre_ping": ping,
        "pool_use_lifo": True,  # that of the last statement has all that it looked up in its caches
    }
    return create_async_engine(
        # An error that is logged must not show password hashes, tokens or what people wrote.
        address,
        hide_parameters=True,
        connect_args={
            "async_creator_fn": Settings(config).connect,
            "connect_timeout": max(1, round(config.db_connect_timeout_s)),
            "application_name": "parley",
        },
        **({"poolclass": NullPool} if size == 0 else pool),
    )


def autocommit(engine: AsyncEngine) -> AsyncEngine:
    """The same engine and pool, each statement its own transaction: one round trip instead of three."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def engine_context(config: DatabaseConfig) -> Callable[[web.Application], AsyncIterator[None]]:
    """A `cleanup_ctx` that keeps the engine under `ENGINE` while the app runs."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        app[ENGINE] = make_engine(config)
        yield
        await app[ENGINE].dispose()

    return context
