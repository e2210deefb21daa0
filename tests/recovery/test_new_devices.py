"""A log-in from where a person has not logged in before: shown to them, and mailed to who has confirmed an address."""

from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, insert, select, update

from app.db.schema import devices, sessions, users
from tests.conftest import Serve
from tests.mail.post_office import PostOffice
from tests.support.browsing import Browser, Browsers

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEWER = FIREFOX.replace("140", "141")
LIST, SHOWN = "/settings/sessions", "from where you did not before"


@pytest.fixture
async def server(serve: Serve, office: PostOffice) -> TestServer:
    return await serve(smtp_url=office.url)


@pytest.fixture
async def bob(bob: Browser, database: Engine) -> Browser:
    """He has confirmed an address."""
    confirmed = {"email": "bob@example.org", "email_verified_at": func.now()}
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "bobby").values(confirmed))
    return bob


def new_ones(database: Engine) -> list[int]:
    with database.connect() as conn:
        return [*conn.scalars(select(sessions.c.id).where(sessions.c.is_new_device).order_by(sessions.c.id))]


async def test_a_new_browser_is_shown_and_mailed_and_a_known_one_is_not(
    bob: Browser, browser: Browsers, office: PostOffice, database: Engine
) -> None:
    await browser().log_in("bobby")
    assert (new_ones(database), SHOWN in (await bob.ask("GET", "/settings")).text) == ([], False)

    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")
    await browser(**{"User-Agent": NEWER}).log_in("bobby")  # the same one, after an update

    letter = await office.next()
    assert letter["To"] == "bob@example.org"
    assert "Firefox on Linux, from 127.0.0.1" in letter.get_content()
    assert office.is_empty()
    assert new_ones(database) == [4]
    assert SHOWN in (await bob.ask("GET", "/settings")).text
    assert '<span class="tag">New</span>' in (await bob.ask("GET", LIST)).text


async def test_where_somebody_was_more_than_a_year_ago_is_new_again(
    bob: Browser, browser: Browsers, database: Engine
) -> None:
    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")
    long_ago = func.now() - timedelta(days=366)
    with database.begin() as conn:
        conn.execute(update(devices).where(devices.c.device.startswith("Firefox")).values(seen_at=long_ago))
        conn.execute(insert(devices).values(user_id=2, device="a phone", network="192.0.2.1", seen_at=long_ago))

    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")

    assert len(new_ones(database)) == 2
    with database.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(devices).where(devices.c.device == "a phone")) == 0
        assert conn.scalar(select(func.count()).where(devices.c.seen_at < func.now() - timedelta(days=1))) == 0


async def test_another_network_is_new_too(
    serve: Serve, open_browser: Browsers, bob: Browser, office: PostOffice, database: Engine
) -> None:
    server = await serve(smtp_url=office.url, proxy_hops=1)

    for address in ("2001:db8:1:2::3", "2001:db8:1:2::4"):
        await open_browser(server, **{"X-Forwarded-For": address}).log_in("bobby")

    assert "from 2001:db8:1:2::3" in (await office.next()).get_content()
    assert new_ones(database) == [3]


async def test_who_says_that_it_was_them_sees_it_no_more(bob: Browser, browser: Browsers, database: Engine) -> None:
    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")

    assert (await bob.submit(LIST, to=f"{LIST}/seen")).location == LIST

    assert new_ones(database) == []
    assert SHOWN not in (await bob.ask("GET", "/settings")).text


async def test_nobody_else_sees_it_or_says_so(
    alice: Browser, bob: Browser, browser: Browsers, database: Engine
) -> None:
    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")

    await alice.submit("/settings", to=f"{LIST}/seen")

    assert new_ones(database) == [3]
    assert SHOWN not in (await alice.ask("GET", "/settings")).text


async def test_an_address_that_is_not_confirmed_gets_no_letter(
    alice: Browser, bob: Browser, browser: Browsers, office: PostOffice, database: Engine
) -> None:
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "alice").values(email="alice@example.org"))

    await browser(**{"User-Agent": FIREFOX}).log_in("alice")
    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")

    assert (await office.next())["To"] == "bob@example.org"  # they are written one after the other


async def test_what_was_not_used_for_a_year_is_new_again(bob: Browser, browser: Browsers, database: Engine) -> None:
    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")
    with database.begin() as conn:
        old = update(devices).where(devices.c.device == "Firefox on Linux")
        conn.execute(old.values(seen_at=func.now() - func.make_interval(0, 0, 0, 366)))

    await browser(**{"User-Agent": FIREFOX}).log_in("bobby")

    assert new_ones(database) == [3, 4]
