"""A shared computer: the session is short and ends with the browser, and what is kept in the browser goes with it."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import Engine, func, select, update

from app.db.schema import sessions
from tests.support.browsing import PASSWORD, Answer, Browser, Browsers

NEW = "another battery 7"
GOES = '"cache", "storage"'


@pytest.fixture
async def shared(alice: Browser, browser: Browsers) -> Browser:
    """Alice at a shared computer."""
    shared = browser()
    assert (await shared.log_in("alice", shared="on")).status == 303
    return shared


def cookies(answer: Answer) -> SimpleCookie:
    found = SimpleCookie()
    for line in answer.headers.getall("Set-Cookie", []):
        found.load(line)
    return found


def lifetimes(database: Engine) -> list[timedelta]:
    with database.connect() as conn:
        return [*conn.scalars(select(sessions.c.expires_at - sessions.c.created_at).order_by(sessions.c.id))]


async def test_the_session_ends_with_the_browser_and_after_half_a_day(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    usual, short = await browser().log_in("alice"), await browser().log_in("alice", shared="on")

    assert cookies(usual)["parley"]["max-age"] != ""
    assert cookies(short)["parley"]["max-age"] == ""
    assert "parley-shared" not in cookies(usual)
    assert lifetimes(database)[-1] < timedelta(hours=12, seconds=1) < lifetimes(database)[-2]


async def test_what_the_browser_keeps_goes_at_sign_out(shared: Browser) -> None:
    assert (await shared.sign_out()).location == "/login"

    page = await shared.ask("GET", "/login")

    assert page.headers["Clear-Site-Data"] == GOES
    assert "/js/wipe.js" in page.text
    assert "Welcome back" not in page.text
    assert "checked" in page.input("shared")


async def test_it_goes_too_where_the_session_ended_otherwise(shared: Browser, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(update(sessions).values(expires_at=func.clock_timestamp()))

    assert (await shared.ask("GET", "/")).location == "/login?next=/"
    assert (await shared.ask("GET", "/login?next=/")).headers["Clear-Site-Data"] == GOES


async def test_nothing_goes_on_ones_own_computer_or_while_one_is_logged_in(alice: Browser, shared: Browser) -> None:
    assert "Clear-Site-Data" not in (await shared.ask("GET", "/login")).headers
    await alice.sign_out()

    page = await alice.ask("GET", "/login")

    assert "Clear-Site-Data" not in page.headers
    assert "wipe.js" not in page.text
    assert "checked" not in page.input("shared")


async def test_who_logs_in_without_it_keeps_what_the_browser_keeps_from_then_on(shared: Browser) -> None:
    await shared.sign_out()
    await shared.log_in("alice")
    await shared.sign_out()

    assert "Clear-Site-Data" not in (await shared.ask("GET", "/login")).headers


async def test_a_new_password_leaves_the_session_as_short(shared: Browser, database: Engine) -> None:
    fields = {"old_password": PASSWORD, "password": NEW, "password2": NEW}

    answer = await shared.submit("/settings", to="/settings/password", **fields)

    assert answer.status == 303
    assert cookies(answer)["parley"]["max-age"] == ""
    assert lifetimes(database)[-1] < timedelta(hours=12, seconds=1)


async def test_a_shared_computer_is_no_known_device(alice: Browser, browser: Browsers) -> None:
    usual, short = await browser().log_in("alice"), await browser().log_in("alice", shared="on")

    assert "parley-device" in cookies(usual)
    assert "parley-device" not in cookies(short)


async def test_a_form_that_is_refused_keeps_the_tick(alice: Browser, browser: Browsers) -> None:
    assert "checked" in (await browser().log_in("alice", "wrong password", shared="on")).input("shared")
    assert "checked" not in (await browser().log_in("alice", "wrong password")).input("shared")
