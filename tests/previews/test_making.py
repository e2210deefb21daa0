"""Several loops make previews; one of them looks for the next one."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.engine import ENGINE
from app.db.schema import previews
from app.files.keeping.keys import STORE
from app.live.tasks import running
from app.pictures.keys import PICTURES
from app.previews import making, queries
from app.previews.fetching import AT_ONCE, Fetcher
from app.previews.making import Making
from tests.chat.conftest import Join, join, server
from tests.support.sockets import until

__all__ = ["join", "server"]

ADDRESS = "http://127.0.0.1/"


async def test_what_one_has_looked_for_no_other_looks_for(
    join: Join, engine: AsyncEngine, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LOOK_S", 3_600.0)  # what rings is enough
    alice = await join("alice")
    ack = await alice.socket.posted("hello")
    uses: list[Any] = []
    ends: list[Any] = []
    rung = asyncio.Event()

    def is_ended() -> bool:
        with database.connect() as conn:
            return conn.scalar(select(previews.c.state)) == "none"

    async with Fetcher() as fetcher:
        maker = Making(engine, fetcher, alice.app[PICTURES], alice.app[STORE], lambda room, rev: None, rung)
        event.listen(engine.sync_engine.pool, "checkout", lambda *args: uses.append(args))
        event.listen(engine.sync_engine.pool, "checkin", lambda *args: ends.append(args))
        async with running(*[maker.make_for_ever] * AT_ONCE):
            await until(lambda: ends)  # the look in vain, which would find what is wanted meanwhile
            async with alice.app[ENGINE].begin() as conn:
                await queries.want(conn, [(1, ack["seq"], ADDRESS)])
            rung.set()
            await until(is_ended)
            await until(lambda: len(uses) == 4)

    assert len(uses) == 4, "one looks in vain, one finds it, one looks after it, and it is ended"
