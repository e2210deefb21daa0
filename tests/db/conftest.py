"""Engines on a scratch schema, an onlooker beside them, and a gateway before the server."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.db.driver import connection, dialect
from tests.conftest import LONG_S
from tests.db.backends import SCHEMA, Gateway

dialect.register()

MakeEngine = Callable[..., AsyncEngine]


@pytest.fixture
def schema(postgres_url: str) -> Iterator[None]:
    """An empty table `things` in a schema of our own."""
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg2"))
    with engine.begin() as conn:
        conn.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        conn.execute(text(f"CREATE TABLE {SCHEMA}.things (id serial PRIMARY KEY, name text UNIQUE DEFERRABLE)"))
    yield
    with engine.begin() as conn:
        conn.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
    engine.dispose()


@pytest.fixture
async def make_engine(postgres_url: str, schema: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MakeEngine]:
    """Makes engines on the scratch database that see `things`, and disposes of them."""
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT_S", LONG_S)  # unless the address says another
    engines: list[AsyncEngine] = []

    def make(url: Any = postgres_url, connect_args: dict[str, Any] | None = None, **options: Any) -> AsyncEngine:
        settings = {"options": f"-c search_path={SCHEMA} -c client_connection_check_interval=50"}
        address = make_url(url).set(drivername="postgresql+aiopg")
        engines.append(create_async_engine(address, connect_args=settings | (connect_args or {}), **options))
        return engines[-1]

    yield make
    for engine in engines:
        await engine.dispose()


@pytest.fixture
def engine(make_engine: MakeEngine) -> AsyncEngine:
    return make_engine()


@pytest.fixture
async def other(make_engine: MakeEngine) -> AsyncIterator[AsyncConnection]:
    """An onlooker's connection, each statement its own transaction."""
    async with make_engine(isolation_level="AUTOCOMMIT").connect() as conn:
        yield conn


@pytest.fixture
async def gateway(postgres_url: str) -> AsyncIterator[Gateway]:
    async with Gateway(postgres_url) as gateway:
        yield gateway
