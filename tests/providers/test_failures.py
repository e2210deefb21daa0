"""What goes wrong on the way to the provider and back: one clear sentence each, and nobody is logged in."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestServer, unused_port
from sqlalchemy import Engine, select

from app.db.schema import identities
from app.providers import asking, logging_in, tokens
from tests.conftest import Serve
from tests.providers.conftest import BACK, START, arrive, log_in, serve_with, way_back, way_there
from tests.providers.house import House
from tests.support.browsing import Answer, Browser, Browsers, Open


def says(answer: Answer, status: int, sentence: str) -> bool:
    """Whether a page says this and nobody was logged in by it."""
    return answer.status == status and sentence in answer.text and "Set-Cookie" not in answer.location


async def is_outside(person: Browser) -> bool:
    return (await person.ask("GET", "/people")).location.startswith("/login")


async def test_a_provider_that_is_away_is_named(serve: Serve, open_browser: Open) -> None:
    away = {"oidc_issuer": f"http://localhost:{unused_port()}", "oidc_client_id": "parley", "oidc_name": "Example Org"}
    server = await serve(**away)

    answer = await open_browser(server).submit("/login", None, to=START)

    assert says(answer, 503, "Example Org cannot be reached just now. Try again in a minute.")
    assert answer.headers["Retry-After"]


async def test_a_provider_that_is_slow_is_given_up(
    server: TestServer, provider: House, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = browser()
    back = await way_back(await way_there(ada))
    provider.may_answer.clear()
    monkeypatch.setattr(asking, "ASK_S", 0.1)

    answer = await arrive(ada, back)

    assert says(answer, 503, "Example Org is too slow just now. Try again in a minute.")
    assert await is_outside(ada)


async def test_consent_that_was_denied_is_no_error_of_ours(
    server: TestServer, provider: House, browser: Browsers
) -> None:
    provider.denies, ada = True, browser()

    answer = await log_in(ada)

    assert says(answer, 400, "Example Org was not allowed to say who you are, so nobody was logged in.")
    assert await is_outside(ada)


async def test_what_the_provider_says_of_an_error_is_no_text_on_our_page(server: TestServer, browser: Browsers) -> None:
    ada = browser()
    state = parse_qs(urlsplit(await way_there(ada)).query)["state"][0]

    answer = await ada.ask("GET", BACK, params={"state": state, "error": "Call 555 <b>now</b>"})

    assert says(answer, 400, "Example Org did not log you in (unknown).")
    assert "555" not in answer.text


async def test_an_answer_works_once_and_in_the_browser_that_asked(
    server: TestServer, browser: Browsers, database: Engine
) -> None:
    ada, mallory = browser(), browser()
    back = await way_back(await way_there(ada))
    await way_there(mallory)
    once = "This log-in was used already, or was begun in another browser or tab."

    assert says(await arrive(mallory, back), 400, once)
    assert says(await arrive(browser(), back), 400, once)
    assert says(await ada.ask("GET", BACK), 400, once)
    with database.connect() as conn:
        assert conn.scalar(select(identities.c.user_id)) is None
    assert (await arrive(ada, back)).location == "/"
    assert says(await arrive(ada, back), 400, once)


async def test_a_code_of_somebody_else_is_worth_nothing(
    server: TestServer, browser: Browsers, database: Engine
) -> None:
    """Who puts another's code into an answer of their own lacks the secret that it was asked with: PKCE."""
    ada, mallory = browser(), browser()
    stolen = parse_qs(urlsplit(await way_back(await way_there(ada))).query)["code"][0]
    state = parse_qs(urlsplit(await way_there(mallory)).query)["state"][0]

    answer = await mallory.ask("GET", BACK, params={"state": state, "code": stolen})

    assert answer.status == 400
    assert await is_outside(mallory)


async def test_a_code_works_once(server: TestServer, browser: Browsers) -> None:
    ada = browser()
    there = await way_there(ada)
    cookie, back = ada.cookie(), await way_back(there)
    assert (await arrive(ada, back)).location == "/"
    thief = browser()
    thief.steal(cookie)

    answer = await arrive(thief, back)

    assert says(answer, 400, "What Example Org sent was used before, or took too long. Log in again.")
    assert await is_outside(thief)


async def test_an_answer_of_another_provider_is_refused(server: TestServer, browser: Browsers) -> None:
    ada = browser()
    back = (await way_back(await way_there(ada))).replace("iss=http%3A%2F%2F", "iss=https%3A%2F%2F")

    assert says(await arrive(ada, back), 400, "This answer came from somebody else than Example Org.")


async def test_a_log_in_that_takes_too_long_is_begun_anew(
    server: TestServer, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging_in, "BEGUN_S", -1)

    assert says(await log_in(browser()), 400, "This log-in took too long. Log in again.")


async def test_new_keys_of_the_provider_are_read_and_old_ones_are_worth_nothing(
    server: TestServer, provider: House, browser: Browsers
) -> None:
    del provider.people["1"]["email"]  # the subject is another with each start of this provider
    assert (await log_in(browser())).location == "/"

    provider.open(provider.issuer)

    assert (await log_in(browser())).location == "/"
    provider.open(provider.issuer)
    provider.publish_other_keys()
    ada = browser()
    assert says(await log_in(ada), 400, "Example Org sent a proof that is not good.")
    assert await is_outside(ada)


@pytest.mark.parametrize("lives_s", [-3_600, 600])
async def test_clocks_that_differ_are_named(
    server: TestServer, provider: House, browser: Browsers, lives_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Theirs an hour behind ours, or ours a quarter of an hour behind theirs."""
    provider.open(provider.issuer, lives_s=lives_s)
    ada = browser()
    back = await way_back(await way_there(ada))
    if lives_s > 0:
        monkeypatch.setattr(tokens, "now", lambda: int(time.time()) - 900)

    answer = await arrive(ada, back)

    assert says(answer, 400, "The clocks of this server and of Example Org differ. Ask whoever runs this chat.")


@pytest.mark.parametrize("wrong", ["oidc_client_id", "oidc_client_secret"])
async def test_a_client_that_the_provider_does_not_take_is_for_the_operator_to_mend(
    serve: Serve, provider: House, open_browser: Open, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = await serve_with(serve, provider, **{wrong: "another"})
    ada = open_browser(server)
    there = await way_there(ada)
    state = parse_qs(urlsplit(there).query)["state"][0]

    answer = await ada.ask("GET", BACK, params={"state": state, "code": "x", "iss": provider.issuer})

    assert says(answer, 400, "Example Org is not set up rightly for this chat. Ask whoever runs this chat.")
    assert any(record.name == "app.providers.provider" for record in caplog.records)


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/.well-known/openid-configuration", "<html>", "gave an answer that makes no sense"),
        ("/.well-known/openid-configuration", "[]", "gave an answer that makes no sense"),
        ("/.well-known/openid-configuration", "[" * 99_999, "gave an answer that makes no sense"),
        ("/.well-known/openid-configuration", '{"issuer": "http://elsewhere.example"}', "is not set up rightly"),
        ("/jwks.json", '{"keys": [{"kty": "none"}]}', "is not set up rightly"),
        ("/jwks.json", '{"keys": 7}', "is not set up rightly"),
        ("/jwks.json", " " * (asking.MAX_BYTES + 1), "cannot be reached"),
    ],
)
async def test_what_the_provider_says_may_be_anything(
    server: TestServer, provider: House, browser: Browsers, path: str, body: str, sentence: str
) -> None:
    provider.says[path] = body

    answer = await browser().submit("/login", None, to=START)

    assert answer.status in (400, 503)
    assert f"Example Org {sentence}" in answer.text


async def test_by_another_address_than_the_one_of_the_chat_nobody_is_sent_away(
    serve: Serve, provider: House, open_browser: Open
) -> None:
    """The cookie of this browser would not come back."""
    server = await serve_with(serve, provider)
    alice = open_browser(server)
    await alice.sign_up("alice")
    await alice.submit("/settings/chat", None, to="/settings/chat/address", address="https://chat.example.org")

    answer = await open_browser(server).submit("/login", None, to=START)

    assert says(answer, 400, "This works by the address https://chat.example.org alone.")


async def test_another_site_begins_no_log_in(server: TestServer, browser: Browsers, provider: House) -> None:
    ada = browser()
    form = await ada.ask("GET", "/login")

    crossing = await ada.ask("POST", START, data=form.hidden, headers={"Sec-Fetch-Site": "cross-site"})

    assert crossing.status == 403
    assert (await ada.ask("POST", START, data={})).status == 403
    assert (await ada.ask("GET", START)).status == 405
    assert provider.asked == []
