"""The engine as a cleanup context: SQLAlchemy's own pool over the `postgresql+aiopg` dialect."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web
from sqlalchemy import URL, exc, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.config import DatabaseConfig
from app.db import dialect

dialect.register()

ENGINE = web.AppKey("engine", AsyncEngine)
IDLE_IN_TRANSACTION_TIMEOUT_S = 10

# What a statement raises when the database is away, too busy or cut off; whether it took effect is then unknown.
DATABASE_GONE: tuple[type[Exception], ...] = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError)


def make_engine(config: DatabaseConfig, *, pooled: bool = True) -> AsyncEngine:
    """An engine for `config.database_url`; opens no connection yet.

    Every wait has an end: for a free connection, for a new one, for a statement, for a forgotten transaction. Without
    a pool each connection is made when asked for and closed after.
    """
    if config.database_url is None:
        raise ValueError("the embedded PostgreSQL must be started, and its address put into the config, first")
    url = make_url(config.database_url.get_secret_value()).set(drivername="postgresql+aiopg")
    pool: dict[str, Any] = {
        "pool_size": config.db_pool,
        "max_overflow": 0,
        "pool_timeout": config.db_pool_timeout_s,
        "pool_pre_ping": True,
    }
    return create_async_engine(
        # An error that is logged must not tell password hashes, tokens or what people wrote.
        url,
        hide_parameters=True,
        connect_args=connect_args(url, config),
        **(pool if pooled else {"poolclass": NullPool}),
    )


def connect_args(url: URL, config: DatabaseConfig) -> dict[str, Any]:
    """Arguments of a connection: timeouts in the server, on top of `options` that the URL may bring."""
    settings = {
        "statement_timeout": int(config.db_statement_timeout_s * 1000),
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_S * 1000,
        "timezone": "UTC",
        # The one prepared statement, in chat/append.py, takes arrays: a plan made for their values would be no better.
        "plan_cache_mode": "force_generic_plan",
    }
    flags = " ".join(f"-c {name}={value}" for name, value in settings.items())
    given = url.query.get("options", "")
    return {
        "options": f"{given} {flags}".strip() if isinstance(given, str) else flags,
        "connect_timeout": max(1, round(config.db_connect_timeout_s)),
        "application_name": "parley",
    }


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
