"""Wrong passwords of strangers keep nobody out of their account, on devices and from networks that they use."""

from collections.abc import Callable

import pytest
from aiohttp.test_utils import TestServer

from app.auth.cookies import _MOST_ACCOUNTS
from tests.auth.test_throttle import statuses
from tests.conftest import Serve
from tests.support.browsing import PASSWORD, Browser, Open

HOME, ELSEWHERE, FAR = "192.0.2.1", "198.51.100.7", "203.0.113.9"
At = Callable[[str], Browser]


@pytest.fixture
async def proxied(serve: Serve, open_browser: Open) -> TestServer:
    """Behind a proxy; the first account is made on the machine itself."""
    assert (await open_browser(await serve()).sign_up("first")).status == 303
    return await serve(proxy_hops=1)


@pytest.fixture
def at(proxied: TestServer, open_browser: Open) -> At:
    """Opens browsers that come from an address of one's choice."""
    return lambda address: open_browser(proxied, **{"X-Forwarded-For": address})


@pytest.fixture
async def alice_at_home(at: At) -> Browser:
    alice = at(HOME)
    assert (await alice.sign_up("alice")).status == 303
    return alice


@pytest.fixture
async def locked(alice_at_home: Browser, at: At) -> None:
    """Strangers have used up what they have."""
    assert await statuses(at(FAR), *["alice"] * 11) == [422] * 10 + [429]


async def moved(browser: Browser, to: Browser) -> Browser:
    """The same device in another network: it brings what it keeps of the chat but its session."""
    to.session.cookie_jar.update_cookies({"parley-device": browser.cookie("parley-device") or ""}, to.make_url("/"))
    return to


async def log_in(browser: Browser, login: str = "alice", password: str = PASSWORD) -> int:
    return (await browser.log_in(login, password)).status


async def test_a_known_device_gets_in_from_anywhere_whatever_strangers_try(
    alice_at_home: Browser, locked: None, at: At
) -> None:
    await alice_at_home.sign_out()

    assert await log_in(await moved(alice_at_home, at(ELSEWHERE))) == 303
    assert await log_in(at(ELSEWHERE)) == 303  # where she is logged in now
    assert await log_in(at(FAR)) == 429  # as strangers had no success, their tries stay


async def test_a_new_device_gets_in_from_the_network_of_a_living_session_only(
    alice_at_home: Browser, locked: None, at: At
) -> None:
    assert await log_in(at(ELSEWHERE)) == 429
    assert await log_in(at(HOME)) == 303


async def test_a_network_is_known_no_longer_when_its_sessions_have_ended(
    alice_at_home: Browser, locked: None, at: At
) -> None:
    await alice_at_home.sign_out()

    assert await log_in(at(HOME)) == 429


async def test_a_known_device_has_ten_tries_in_all_processes(
    alice_at_home: Browser, at: At, serve: Serve, open_browser: Open
) -> None:
    other_process = open_browser(await serve(proxy_hops=1), **{"X-Forwarded-For": ELSEWHERE})
    first, second = await moved(alice_at_home, at(ELSEWHERE)), await moved(alice_at_home, other_process)

    assert await statuses(first, *["alice"] * 6) == [422] * 6
    assert await statuses(second, *["alice"] * 5) == [422] * 4 + [429]
    assert await log_in(first) == 429
    assert await log_in(at(ELSEWHERE)) == 303  # strangers have theirs


async def test_a_known_network_has_ten_tries(alice_at_home: Browser, at: At) -> None:
    assert await statuses(at(HOME), *["alice"] * 11) == [422] * 10 + [429]
    assert await log_in(at(HOME)) == 429
    assert await log_in(await moved(alice_at_home, at(HOME))) == 303


async def test_thirty_wrong_passwords_of_a_network_keep_out_nobody_who_is_known_there(
    alice_at_home: Browser, at: At
) -> None:
    await at(ELSEWHERE).sign_up("bobby")
    assert await statuses(at(HOME), *(f"nobody{i}" for i in range(31))) == [422] * 30 + [429]

    assert await log_in(at(HOME), "bobby") == 429
    assert await log_in(at(HOME), "alice") == 303


async def test_a_device_is_known_to_who_logged_in_on_it_only(alice_at_home: Browser, locked: None, at: At) -> None:
    bobby = at(ELSEWHERE)
    await bobby.sign_up("bobby")

    await bobby.sign_out()

    assert await log_in(bobby, "alice") == 429
    assert await log_in(bobby, "bobby") == 303


@pytest.mark.parametrize("cookie", ["", "1", "{}", "gAAAAAB", "ж", '{"1": "x"}', "x" * 4000])
async def test_a_cookie_that_we_did_not_make_is_no_device(cookie: str, locked: None, at: At) -> None:
    stranger = at(ELSEWHERE)
    form = await stranger.ask("GET", "/login")
    jar = f"parley={stranger.cookie()}; parley-device={cookie}"

    fields = {**form.hidden, "login": "alice", "password": PASSWORD}
    assert (await stranger.ask("POST", "/login", data=fields, headers={"Cookie": jar})).status == 429


async def test_a_device_keeps_its_name_and_forgets_the_account_that_is_longest_ago(at: At) -> None:
    shared = at(HOME)
    logins = [f"person{i}" for i in range(_MOST_ACCOUNTS + 1)]
    for login in logins:
        await shared.sign_up(login)
        await shared.sign_out()
    for login in logins[:2]:
        assert await statuses(at(FAR), *[login] * 10) == [422] * 10

    assert await log_in(await moved(shared, at(FAR)), logins[1]) == 303
    assert await log_in(await moved(shared, at(FAR)), logins[0]) == 429
