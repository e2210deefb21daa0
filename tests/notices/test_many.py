"""Two hundred people by four push services: one that is slow or busy holds up no other, and each is called once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import Engine, func, select, update

from app.db.schema import pushes
from app.notices import pushing, sending
from tests.conftest import Serve, url_of
from tests.notices.crowd import call_all, come
from tests.notices.service import PUBLIC, PushService, answers
from tests.search.conftest import becomes
from tests.support.processes import ROOT, parley

PEOPLE, SERVICES = 200, 4
EACH = PEOPLE // SERVICES
PATCHED = f"""
from app.outward import addresses
addresses.is_allowed = lambda address, port: address == "{PUBLIC}"
"""


@pytest.fixture
async def services() -> AsyncIterator[list[PushService]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(PushService()) for _ in range(SERVICES)]


async def left(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(pushes)).scalar_one())


def times_called(services: list[PushService]) -> Counter[str]:
    return Counter(each.name for service in services for each in service.all)


async def test_a_service_that_hangs_and_one_that_is_busy_hold_up_no_other_and_each_person_is_called_once(
    serve: Serve, services: list[PushService], database: Engine, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FIRST_WAIT_S", 0.0)
    monkeypatch.setattr(pushing, "REST_S", 0.0)
    come(database, PEOPLE, services)
    hanging, busy, *quick_ones = services
    loop, is_over = asyncio.get_running_loop(), asyncio.Event()
    refused_at: list[float] = []

    async def hang(_: web.Request) -> web.StreamResponse:
        await is_over.wait()
        return web.Response(status=502)

    async def refuse(_: web.Request) -> web.StreamResponse:
        refused_at.append(loop.time())
        busy.answer = refuse if len(refused_at) < sending.AT_ONCE else answers(201)
        return web.Response(status=429, headers={"Retry-After": "2"})

    hanging.answer, busy.answer = hang, refuse
    call_all(database)
    await serve(notify_after_s=0)

    for service in quick_ones:
        for _ in range(EACH):
            await service.arrived()
    assert hanging.asked == sending.AT_ONCE
    assert hanging.all == []
    await busy.arrived()
    assert loop.time() - refused_at[0] >= 2
    assert len(refused_at) == sending.AT_ONCE
    hanging.answer = answers(201)
    is_over.set()
    await becomes(lambda: left(database), 0)
    assert times_called(services) == Counter({f"person{n}": 1 for n in range(1, PEOPLE + 1)})


async def test_through_a_kill_in_the_middle_each_person_is_called_at_most_once_more_under_the_same_tag(
    services: list[PushService], database: Engine, tmp_path: Path
) -> None:
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(PATCHED)
    url = url_of(database)
    settings = {"DATABASE_URL": url, "SECRET_KEY": "a secret of tests, 32 characters or more", "NOTIFY_AFTER_S": "0"}
    settings |= {"PYTHONPATH": f"{ROOT}:{tmp_path / 'patch'}", "LOG_LEVEL": "warning"}
    come(database, PEOPLE, services)
    call_all(database)
    held = sending.AT_ONCE
    for service in services:
        service.holds_after = held

    with parley(tmp_path / "first", **settings) as first:
        await asyncio.to_thread(first.until_ready)
        await becomes(lambda: _came(services), [2 * held] * SERVICES)
        first.process.kill()
        first.process.wait()
    for service in services:
        service.holds_after = PEOPLE
        service.released.set()
    with database.begin() as conn:
        conn.execute(update(pushes).values(due_at=func.now()))  # as if their leases had run out
    with parley(tmp_path / "second", **settings) as second:
        await asyncio.to_thread(second.until_ready)
        await becomes(lambda: left(database), 0)

    called = times_called(services)
    assert called.keys() == {f"person{n}" for n in range(1, PEOPLE + 1)}
    assert set(called.values()) == {1, 2}
    assert sum(called.values()) == PEOPLE + held * SERVICES  # those that were on their way, and no other
    assert {
        (each.headers["Topic"], each.notice["room"], each.notice["seq"]) for service in services for each in service.all
    } == {("room-1", 1, 1)}


async def _came(services: list[PushService]) -> list[int]:
    return [len(service.all) for service in services]
