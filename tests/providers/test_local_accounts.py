"""With passwords of this chat switched off people come by the provider alone."""

import pytest
from aiohttp.test_utils import TestServer

from tests.conftest import Serve
from tests.mail.post_office import post_office
from tests.providers.conftest import log_in, serve_with
from tests.providers.house import House
from tests.support.browsing import PASSWORD, Browser, Open

NO = "This chat takes no passwords. Log in with Example Org."


@pytest.fixture
async def bob(serve: Serve, provider: House, open_browser: Open) -> Browser:
    """A member from before, who is logged in with a password."""
    before = await serve_with(serve, provider)
    await open_browser(before).sign_up("alice")
    bob = open_browser(before)
    await bob.sign_up("bobby")
    return bob


@pytest.fixture
async def closed(bob: Browser, serve: Serve, provider: House) -> TestServer:
    """The chat after it was started anew without local accounts."""
    return await serve_with(serve, provider, local_accounts=False)


async def test_a_password_lets_nobody_in_any_more_and_sessions_stay(
    bob: Browser, closed: TestServer, open_browser: Open
) -> None:
    person = open_browser(closed)
    form = await person.ask("GET", "/login")
    assert 'name="password"' not in form.text
    assert "Log in with <bdi>Example Org</bdi>" in form.text
    assert "This chat takes no passwords." in form.text

    answer = await person.ask("POST", "/login", data={**form.hidden, "login": "bobby", "password": PASSWORD})

    assert (answer.status, NO in answer.text) == (403, True)
    assert (await person.ask("GET", "/people")).location.startswith("/login")
    still = open_browser(closed)
    still.steal(bob.cookie())
    assert (await still.ask("GET", "/people")).status == 200
    assert "This chat takes no passwords." in (await still.ask("GET", "/settings")).text


async def test_a_passkey_of_this_chat_lets_nobody_in_either(closed: TestServer, open_browser: Open) -> None:
    person = open_browser(closed)
    form = await person.ask("GET", "/login")
    assert "/login/passkey" not in form.text

    for path in ("/login/passkey/options", "/login/passkey"):
        answer = await person.ask("POST", path, data=form.hidden)
        assert (answer.status, NO in answer.text) == (403, True), path


async def test_nobody_creates_an_account_with_a_password(closed: TestServer, open_browser: Open) -> None:
    person = open_browser(closed)
    form = await person.ask("GET", "/signin")
    assert 'name="password"' not in form.text
    assert "This chat takes no passwords." in form.text
    fields = {"login": "carol", "password": PASSWORD, "password2": PASSWORD}

    answer = await person.ask("POST", "/signin", data={**form.hidden, **fields})

    assert (answer.status, NO in answer.text) == (403, True)
    assert (await log_in(person, "/signin")).location == "/"


async def test_no_password_is_chosen_by_a_link(bob: Browser, serve: Serve, provider: House, open_browser: Open) -> None:
    async with post_office() as office:
        server = await serve_with(serve, provider, local_accounts=False, smtp_url=office.url)
        person = open_browser(server)

        for path in ("/forgot", "/reset/" + "x" * 43):
            answer = await person.ask("GET", path)
            assert (answer.status, NO in answer.text) == (403, True), path
        assert "/forgot" not in (await person.ask("GET", "/login")).text


async def test_who_has_a_password_from_before_connects_with_it(
    bob: Browser, closed: TestServer, open_browser: Open
) -> None:
    still = open_browser(closed)
    still.steal(bob.cookie())
    page = await still.ask("GET", "/settings/provider")

    sent = await still.ask("POST", "/settings/provider/connect", data={**page.hidden, "password": PASSWORD})

    assert sent.status == 200
    assert "http-equiv" in sent.text


async def test_the_operators_way_back_is_the_setting(
    bob: Browser, closed: TestServer, serve: Serve, provider: House, open_browser: Open
) -> None:
    again = await serve_with(serve, provider, local_accounts=True)

    assert (await open_browser(again).log_in("bobby")).location == "/"
