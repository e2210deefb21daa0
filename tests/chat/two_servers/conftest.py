"""Servers on one database, and how to cut what they reach each other by."""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from redis import Redis
from sqlalchemy import Engine, text

from app.chat.keys import BUS
from tests.conftest import Serve
from tests.support.sockets import until


@pytest.fixture(params=["postgres", "redis"])
def start(request: pytest.FixtureRequest, serve: Serve) -> Serve:
    """Starts servers on one database that reach each other over one of the two buses."""
    bus = {"redis_url": request.getfixturevalue("redis").url} if request.param == "redis" else {}

    async def start_with_bus(**settings: Any) -> TestServer:
        server = await serve(**{"post_rate": 1_000_000, "post_burst": 1_000_000} | settings | bus)
        await until(lambda: server.app[BUS].is_open)
        return server

    return start_with_bus


@pytest.fixture
def cut(request: pytest.FixtureRequest, start: object, database: Engine) -> Callable[[], None]:
    """Cuts every connection on which a bus receives."""

    def cut_postgres() -> None:
        with database.begin() as conn:
            statement = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND (query LIKE '%pg_notify%payload%' OR query LIKE 'LISTEN%')"
            )
            assert len(conn.scalars(statement).all()) == 2

    def cut_redis() -> None:
        with Redis.from_url(request.getfixturevalue("redis").url) as redis:
            assert redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 2

    return cut_redis if request.node.callspec.params["start"] == "redis" else cut_postgres


@pytest.fixture
async def server(start: Serve) -> TestServer:
    return await start()


@pytest.fixture
async def other(start: Serve, server: TestServer) -> TestServer:
    """Another one; each knows that it is not alone, and rings."""
    other = await start()
    await are_acquainted(server, other)
    return other


async def are_acquainted(*servers: TestServer) -> None:
    """Wait until each has heard from another."""
    await until(lambda: not any(server.app[BUS].is_alone for server in servers))
