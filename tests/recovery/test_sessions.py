"""The list of one's own sessions, and who ends which; what a new password ends, in every process."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.db.schema import audit
from tests.conftest import Serve, url_of
from tests.recovery.conftest import NEW
from tests.shipping.visiting import Elsewhere
from tests.support.browsing import PASSWORD, Browser, Browsers, Open
from tests.support.processes import Parley, parley
from tests.support.redis_server import RedisServer
from tests.support.sockets import open_socket

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LIST, AT_ONCE_S, HEARTBEAT_S = "/settings/sessions", 2, 50
CHANGE = {"old_password": PASSWORD, "password": NEW, "password2": NEW}


async def is_in(person: Browser) -> bool:
    return (await person.ask("GET", "/settings")).status == 200


async def test_the_list_names_each_browser_and_marks_the_present_one(alice: Browser, browser: Browsers) -> None:
    await browser(**{"User-Agent": FIREFOX}).log_in("alice")

    page = (await alice.ask("GET", LIST)).text

    own, other = (item for item in page.split("<li")[1:] if "invitations__item" in item)
    if "Firefox" in own:
        own, other = other, own
    assert "Python program" in own
    assert "This browser" in own
    assert "Firefox on Linux" in other
    assert "This browser" not in other
    assert "127.0.0.1" in other


async def test_one_session_is_ended_and_no_other(alice: Browser, browser: Browsers) -> None:
    second, third = browser(), browser()
    await second.log_in("alice")
    await third.log_in("alice")
    socket = await open_socket(second)
    await socket.until("hello")

    answer = await alice.submit(LIST, to=f"{LIST}/2/end")

    assert (answer.status, answer.location) == (303, f"{LIST}?done=one")
    assert await socket.close_code() == 4001
    assert [await is_in(person) for person in (alice, second, third)] == [True, False, True]


async def test_all_others_are_ended(alice: Browser, browser: Browsers) -> None:
    second, third = browser(), browser()
    await second.log_in("alice")
    await third.log_in("alice")

    await alice.submit(LIST, to=f"{LIST}/end-others")

    assert [await is_in(person) for person in (alice, second, third)] == [True, False, False]


async def test_nobody_ends_or_sees_the_session_of_somebody_else(alice: Browser, bob: Browser) -> None:
    for path in (f"{LIST}/1/end", f"{LIST}/end-others"):
        assert (await bob.submit("/settings", to=path)).status == 303

    assert await is_in(alice)
    assert f"{LIST}/1/end" not in (await bob.ask("GET", LIST)).text


async def test_an_admin_ends_all_sessions_of_a_person_and_nobody_else_may(
    alice: Browser, bob: Browser, browser: Browsers, database: Engine
) -> None:
    second = browser()
    await second.log_in("bobby")
    form = await bob.ask("GET", "/settings")
    assert (await bob.ask("POST", "/people/alice/end-sessions", data=form.hidden)).status == 403
    assert (await bob.ask("GET", "/people/alice/end-sessions")).status == 403

    assert (await alice.submit("/people/bobby/end-sessions")).status == 303

    assert [await is_in(person) for person in (alice, bob, second)] == [True, False, False]
    assert (await bob.log_in("bobby")).status == 303
    with database.connect() as conn:
        written = conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.user_id)).all()
    assert [tuple(row) for row in written] == [(1, "sessions_ended", 2)]


async def test_a_cookie_that_was_copied_before_the_password_changed_is_worth_nothing(
    alice: Browser, browser: Browsers
) -> None:
    thief = browser()
    thief.steal(alice.cookie())
    assert await is_in(thief)
    socket = await open_socket(thief)
    await socket.until("hello")

    assert (await alice.submit("/settings", to="/settings/password", **CHANGE)).status == 303

    assert await socket.close_code() == 4001
    assert not await is_in(thief)
    assert await is_in(alice)
    assert (await alice.submit("/settings", display_name="Alice", hue="1")).status == 303


@pytest.fixture
async def processes(database: Engine, tmp_path: Path) -> AsyncIterator[list[Parley]]:
    """Two real processes on one database."""
    url = url_of(database)
    settings = {"DATABASE_URL": url, "SECRET_KEY": "a secret of tests, 32 characters or more", "HOST": "127.0.0.1"}
    async with AsyncExitStack() as stack:
        running = [stack.enter_context(parley(tmp_path / name, **settings)) for name in ("one", "two")]
        for each in running:
            await asyncio.to_thread(each.until_ready)
        yield running


async def test_a_new_password_ends_sessions_and_sockets_in_another_process_within_two_seconds(
    processes: list[Parley],
) -> None:
    async with AsyncExitStack() as stack:
        here, there = (Browser(Elsewhere(f"http://127.0.0.1:{each.port}")) for each in processes)
        for person in (here, there):
            stack.push_async_callback(person.close)
        await here.sign_up("alice")
        await there.log_in("alice")
        sockets = [await open_socket(person) for person in (here, there)]
        for socket in sockets:
            await socket.until("hello")

        assert (await here.submit("/settings", to="/settings/password", **CHANGE)).status == 303
        changed = time.monotonic()

        assert [await socket.close_code() for socket in sockets] == [4001, 4001]
        passed = time.monotonic() - changed
        assert await is_in(here)
        assert not await is_in(there)
    assert passed < AT_ONCE_S


async def test_a_new_password_ends_them_before_the_next_heartbeat_while_the_bus_is_away_too(
    redis: RedisServer, serve: Serve, open_browser: Open
) -> None:
    settings = {"redis_url": redis.url, "heartbeat_s": HEARTBEAT_S}
    here, there = [open_browser(await serve(**settings)) for _ in range(2)]
    await here.sign_up("alice")
    await there.log_in("alice")
    socket = await open_socket(there)
    await socket.until("hello")
    redis.kill()
    try:
        assert (await here.submit("/settings", to="/settings/password", **CHANGE)).status == 303
        changed = time.monotonic()

        assert await socket.close_code() == 4001
        assert time.monotonic() - changed < HEARTBEAT_S / 2  # at once, by a machine that has nothing else to do
    finally:
        redis.start()
