"""Whatever a program sends to any route, it is answered, and never by a fault of ours."""

import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from yarl import URL

from app.limits import limits
from app.web.forms import FORM_TYPE
from tests.conftest import Serve
from tests.rooms.conftest import Denied, Requests
from tests.support.browsing import Browser, Browsers
from tests.support.nasty import FITTING, WORDS, Asked, hostile, quoted, requests, routes, unfit

EXAMPLES, REQUESTS = 100, 4  # more requests in one example would leave no room for variety
MANY = 1_000_000
ROUTES = [*routes()]


@pytest.fixture
async def alice(alice: Browser) -> Browser:
    """With a session of which no address here has the number: she is to be logged in to the end."""
    for _ in FITTING["id"]:
        await alice.sign_out()  # or the form goes on with the session that is there
        assert (await alice.log_in("alice")).status == 303
    return alice


@pytest.fixture
async def server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> TestServer:
    """The app, for people who ask as often as they like."""
    monkeypatch.setattr(limits, "OTHERS_BURST", MANY)
    monkeypatch.setattr(limits, "OTHERS_PER_S", MANY)
    return await serve(
        sign_ups_per_hour=MANY, request_factor=MANY, rooms_per_day=MANY, added_per_day=MANY, directs_per_day=MANY
    )


def test_the_routes_are_those_of_the_app_with_what_they_take() -> None:
    found = {(route.method, route.pattern): route for route in ROUTES}

    assert {"before", "after", "around", "limit"} <= {*found["GET", "/api/rooms/{room}/messages"].queries}
    assert {"time", "day"} <= {*found["GET", "/rooms/{room}/at"].queries}
    assert {"q", "zone", "before", "room", "typing"} <= {*found["GET", "/search"].queries}
    assert [route.pattern for route in ROUTES if route.body] == [
        *("/api/rooms", "/api/rooms/{room}", "/api/rooms/{room}/members", "/api/directs"),
        "/api/import",
        *("/api/notices/browser", "/api/notices/in-use"),
    ]


async def test_no_text_that_cannot_be_stored_is_a_fault_of_ours_wherever_it_stands(
    alice: Browser, bob: Browser
) -> None:
    token = await token_of(alice)

    for route in ROUTES:
        for method, path, body in unfit(route):
            status, content = await answer(alice, token, method, path, body)

            assert status < 500, (method, path, body, content)


async def test_no_value_in_a_path_or_a_query_is_a_fault_of_ours_whoever_asks(
    alice: Browser, bob: Browser, browser: Browsers
) -> None:
    tokens = [(each, await token_of(each)) for each in (alice, bob)]
    tokens.append((stranger := browser(), (await stranger.ask("GET", "/login")).hidden["csrf_token"]))

    for route in ROUTES:
        for n, (method, path, body) in enumerate(hostile(route)):
            each, token = tokens[n % len(tokens)]
            status, content = await answer(each, token, method, path, body)

            assert status < 500, (method, path, body, content)


@settings(
    max_examples=EXAMPLES,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(asked=st.lists(st.sampled_from(ROUTES).flatmap(requests), min_size=REQUESTS, max_size=REQUESTS))
async def test_nothing_that_is_sent_to_any_route_is_a_fault_of_ours(
    alice: Browser, bob: Browser, asked: list[Asked]
) -> None:
    token = await token_of(alice)

    for method, path, body in asked:
        status, content = await answer(alice, token, method, path, body)

        assert status < 500, (method, path, body, content)
    assert (await alice.ask("GET", "/settings")).status == 200  # she is still somebody who may ask


async def test_no_word_that_is_searched_for_or_date_is_a_fault_of_ours(alice: Browser) -> None:
    token = await token_of(alice)

    for word in WORDS:
        for path in ("/api/people?q=", "/api/rooms?q=", "/people?q=", "/rooms/1/at?day=", "/rooms/1/at?time="):
            status, content = await answer(alice, token, "GET", path + quoted(word))

            assert status < 500, (path, word, content)


@pytest.mark.parametrize("login", ["\0", "bobby\0", "a\0b"])
async def test_nobody_has_a_login_that_cannot_be_stored(alice: Browser, bob: Browser, login: str) -> None:
    requests = Requests(alice)

    for path in ("/api/directs", "/api/rooms/1/members"):
        with pytest.raises(Denied) as denied:
            await requests.ask("POST", path, {"logins": ["bobby", login]})
        assert denied.value == (422, "bad_people")
    assert (await alice.submit("/settings", to=f"/people/{quoted(login)}/message")).status == 404


async def token_of(browser: Browser) -> str:
    return (await browser.ask("GET", "/settings")).hidden["csrf_token"]


async def answer(browser: Browser, token: str, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """The status of an answer and what it says."""
    headers = {"X-CSRF-Token": token, "Content-Type": FORM_TYPE}
    url = URL(str(browser.make_url("/")).rstrip("/") + path, encoded=True)
    async with browser.session.request(method, url, data=body, headers=headers, allow_redirects=False) as answered:
        return answered.status, await answered.read()
