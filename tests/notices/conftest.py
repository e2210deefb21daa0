"""The app, a push service beside it, and people who are notified at once of what they have not read."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select

from app.notices import judging, sending
from app.outward import addresses
from tests.chat.conftest import Join, join, member
from tests.conftest import Serve
from tests.notices.service import PushService, is_public_here

__all__ = ["Join", "join", "member"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The push services of tests may be asked, and what is due is looked for again and again."""
    monkeypatch.setattr(addresses, "is_allowed", is_public_here)
    for module in (judging, sending):
        monkeypatch.setattr(module, "LOOK_S", 0.05)


@pytest.fixture
async def server(serve: Serve, quick: None) -> TestServer:
    return await serve(notify_after_s=0, post_rate=1_000_000, post_burst=1_000_000)


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with PushService() as service:
        yield service


async def count(database: Engine, table: object) -> int:
    """How many rows a table has."""
    with database.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]
