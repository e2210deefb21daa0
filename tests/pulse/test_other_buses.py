"""Processes of one chat that publish where the others do not receive notice each other."""

import asyncio
import json
from pathlib import Path

import pytest

from app.chat.keys import BUS, PULSE
from app.live.bus import bus
from app.pulse import pulse
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.support.load import PATIENCE_S
from tests.support.redis_server import RedisServer, redis_server
from tests.support.sockets import until

SOON_S = 1.5


@pytest.fixture(autouse=True)
def soon(unhurried: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes half a minute takes seconds."""
    for module in (bus, pulse):
        monkeypatch.setattr(module, "ALONE_AFTER_S", SOON_S)
    monkeypatch.setattr(bus, "ECHO_EVERY_S", SOON_S / 5)
    monkeypatch.setattr(pulse, "EVERY_S", 0.1)


async def says(member: Member) -> str:
    return str(json.loads((await member.browser.ask("GET", "/readyz")).text).get("processes", "ok"))


async def until_each_is_open_for_long(*members: Member) -> None:
    """Long enough for each to miss the other."""
    await until(lambda: all((member.app[BUS].open_s or 0) > SOON_S + 1 for member in members))


async def test_one_on_redis_and_one_on_postgres_notice_each_other(
    serve: Serve, join: Join, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    alice = await join("alice", at=await serve(redis_url=redis.url))
    bob = await join("bobby", at=await serve())

    await until_each_is_open_for_long(alice, bob)
    for one, other, kinds in ((alice, bob, "PostgreSQL; this one: Redis"), (bob, alice, "Redis; this one: PostgreSQL")):
        await until(lambda one=one: one.app[PULSE].last.remarks.get("processes"))
        answer = await one.browser.ask("GET", "/readyz")
        report = json.loads(answer.text)
        assert (answer.status, report["status"]) == (200, "degraded")
        assert f"processes of this chat publish on another bus ({kinds})" in report["processes"]
        assert other.app[BUS].name not in answer.text
    assert sum("publish on another bus" in record.getMessage() for record in caplog.records) == 2


async def test_two_on_different_redis_servers_notice_each_other(
    serve: Serve, join: Join, redis: RedisServer, tmp_path: Path
) -> None:
    with redis_server(tmp_path) as another:
        alice = await join("alice", at=await serve(redis_url=redis.url))
        bob = await join("bobby", at=await serve(redis_url=another.url))

        for one in (alice, bob):
            await until(lambda one=one: "Redis; this one: Redis" in one.app[PULSE].last.remarks.get("processes", ""))


@pytest.mark.parametrize("on_redis", [True, False])
async def test_two_on_one_bus_have_nothing_to_say(on_redis: bool, serve: Serve, join: Join, redis: RedisServer) -> None:
    settings = {"redis_url": redis.url} if on_redis else {}
    people = [await join(login, at=await serve(**settings)) for login in ("alice", "bobby")]

    await until_each_is_open_for_long(*people)
    async with asyncio.timeout(PATIENCE_S):
        while [await says(one) for one in people] != ["ok", "ok"]:  # as after a moment in which the machine stood still
            pass
