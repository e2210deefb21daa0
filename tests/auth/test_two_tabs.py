"""Forms in two tabs of one browser: logging in or out in one leaves the other of use, and nothing else open."""

import pytest
from sqlalchemy import Engine, select

from app.db.schema import sessions, users
from tests.support.browsing import PASSWORD, Answer, Browser, Browsers

LOG_IN = {"login": "alice", "password": PASSWORD}
EXPIRED = "This form has expired"


async def tab(browser: Browser, path: str = "/login?next=/rooms/1") -> dict[str, str]:
    """The hidden fields of a form that has just been opened."""
    return (await browser.ask("GET", path)).hidden


async def send(browser: Browser, path: str, form: dict[str, str], **fields: str) -> Answer:
    return await browser.ask("POST", path, data=form | fields)


def who(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.location


async def name_of(browser: Browser) -> str | None:
    """The name of who is logged in."""
    return (await browser.ask("GET", "/settings")).input("display_name")["value"]


@pytest.fixture
async def again(alice: Browser, browser: Browsers) -> Browser:
    """Another browser, before Alice logs in."""
    return browser()


async def test_a_second_tab_that_logs_in_as_the_same_person_goes_on(again: Browser, database: Engine) -> None:
    first, second = await tab(again), await tab(again)
    assert who(await send(again, "/login", first, **LOG_IN)) == (303, "/rooms/1")

    for typed in ("alice", " ALICE "):
        assert who(await send(again, "/login", second, login=typed, password=PASSWORD)) == (303, "/rooms/1")

    assert await name_of(again) == "alice"
    with database.connect() as conn:
        assert len(conn.execute(select(sessions.c.id)).all()) == 2  # one a browser


async def test_a_second_tab_that_logs_in_as_somebody_else_does_so(again: Browser, browser: Browsers) -> None:
    assert (await browser().sign_up("bobby")).status == 303
    first, second = await tab(again), await tab(again)
    await send(again, "/login", first, **LOG_IN)

    assert (await send(again, "/login", second, login="bobby", password="wrong password")).status == 422
    assert await name_of(again) == "alice"
    assert who(await send(again, "/login", second, login="bobby", password=PASSWORD)) == (303, "/rooms/1")

    assert await name_of(again) == "bobby"


async def test_a_form_to_sign_up_beside_another_goes_on_or_makes_the_account(
    browser: Browsers, database: Engine
) -> None:
    stranger = browser()
    forms = [await tab(stranger, "/signin") for _ in range(3)]
    twice = {"password": PASSWORD, "password2": PASSWORD}
    assert (await send(stranger, "/signin", forms[0], login="carol", **twice)).status == 303

    assert who(await send(stranger, "/signin", forms[1], login="carol", **twice)) == (303, "/")
    assert (await send(stranger, "/signin", forms[2], login="dave", **twice)).status == 303

    assert await name_of(stranger) == "dave"
    with database.connect() as conn:
        assert [*conn.scalars(select(users.c.login).order_by(users.c.id))] == ["carol", "dave"]


async def test_a_form_from_before_a_log_out_comes_again_with_what_was_typed_and_may_be_sent(again: Browser) -> None:
    first, second = await tab(again), await tab(again)
    await send(again, "/login", first, **LOG_IN)
    await again.sign_out()

    refused = await send(again, "/login", second, **LOG_IN)
    assert refused.status == 403
    assert "Type the password again" in refused.text
    assert EXPIRED not in refused.text
    assert (refused.input("login")["value"], refused.input("password").get("value")) == ("alice", None)

    assert who(await send(again, "/login", refused.hidden, **LOG_IN)) == (303, "/rooms/1")


async def test_who_signed_out_in_another_tab_is_signed_out(again: Browser) -> None:
    await again.log_in("alice")
    form = await tab(again, "/signout")
    await again.sign_out()

    assert who(await send(again, "/signout", form)) == (303, "/login")


async def test_the_token_from_before_the_log_in_changes_nothing_else(again: Browser, database: Engine) -> None:
    form = await tab(again)
    await send(again, "/login", form, **LOG_IN)

    for path in ("/signout", "/settings", "/settings/chat", "/people/alice/disable", "/rooms/1"):
        refused = await send(again, path, form, login="alice", display_name="Mallory")
        assert (refused.status, EXPIRED in refused.text) == (403, True), path

    assert await name_of(again) == "alice"


async def test_the_token_of_another_browser_logs_nobody_in(again: Browser, browser: Browsers, database: Engine) -> None:
    foreign = await tab(browser())
    await tab(again)

    assert (await send(again, "/login", foreign, **LOG_IN)).status == 403
    twice = {"password": PASSWORD, "password2": PASSWORD}
    assert (await send(again, "/signin", foreign, login="mallory", **twice)).status == 403

    assert (await again.ask("GET", "/settings")).status == 303
    with database.connect() as conn:
        assert [*conn.scalars(select(users.c.login))] == ["alice"]


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_site_sends_no_form_that_was_open_before(again: Browser, headers: dict[str, str]) -> None:
    first, second = await tab(again), await tab(again)
    await send(again, "/login", first, **LOG_IN)

    answer = await again.ask("POST", "/login", data=second | LOG_IN, headers=headers)

    assert (answer.status, "another site" in answer.text) == (403, True)
