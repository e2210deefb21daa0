"""Alice, the admin, and Bob and Carol, with sockets; how accounts are deleted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select, update

from app.db.schema import departures
from app.leaving import former
from app.leaving.keys import LEAVING
from tests.chat.conftest import Join, Member, join
from tests.conftest import Serve
from tests.people.conftest import press
from tests.support.sockets import until

__all__ = ["join"]

Delete = Callable[..., Awaitable[None]]


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    """Looks for sessions that ended so seldom that a socket which closes was closed by whoever ended its session."""
    return await serve(heartbeat_s=50, post_rate=1_000_000, post_burst=1_000_000)


@pytest.fixture
async def alice(join: Join) -> Member:
    return await join("alice")


@pytest.fixture
async def bob(alice: Member, join: Join) -> Member:
    return await join("bobby")


@pytest.fixture
async def carol(bob: Member, join: Join) -> Member:
    return await join("carol")


@pytest.fixture
def delete(alice: Member) -> Delete:
    """Alice deletes an account: `await delete("bobby", "remove")`."""

    async def deleted(login: str, messages: str = "keep") -> None:
        answer = await press(alice.browser, f"/people/{login}/delete", f"/people/{login}/delete", messages=messages)
        assert (answer.status, answer.location) == (303, "/people")

    return deleted


@pytest.fixture(autouse=True)
def much_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is settled before a test says so."""
    monkeypatch.setattr(former, "SETTLED_AFTER", timedelta(hours=1))


async def settle(server: TestServer, database: Engine) -> None:
    """Have what they wrote settled now, not when their sockets are surely closed."""
    with database.begin() as conn:
        conn.execute(update(departures).values(due_at=func.clock_timestamp()))
    await server.app[LEAVING].settle_all()
    await until(lambda: is_settled(database))  # the task beside it may have taken one


def is_settled(database: Engine) -> bool:
    with database.connect() as conn:
        return conn.execute(select(departures)).first() is None
