"""Whose request it is: our own token and origin, the address behind a proxy, and forms that can be read."""

import re

import pytest
from sqlalchemy import Engine
from yarl import URL

from tests.conftest import Serve
from tests.support.browsing import PASSWORD, Browser, Browsers, Open, refused
from tests.test_architecture import modules


@pytest.mark.parametrize("path", ["/login", "/signin", "/signout", "/nowhere", "/api/nowhere"])
@pytest.mark.parametrize("token", [None, "", "x", "ж", "A" * 43])
async def test_post_without_our_token_is_refused(path: str, token: str | None, alice: Browser) -> None:
    answer = await alice.ask("POST", path, data={} if token is None else {"csrf_token": token})

    assert answer.status == 403
    assert "reload the page" in answer.text


async def test_whose_session_ended_before_a_form_was_sent_is_led_to_log_in(alice: Browser, browser: Browsers) -> None:
    refused = [await person.ask("POST", "/settings", data={"csrf_token": "x"}) for person in (browser(), alice)]

    assert [answer.status for answer in refused] == [403, 403]
    assert ['href="/login?next=/"' in answer.text for answer in refused] == [True, False]


async def test_token_of_another_browser_is_refused(alice: Browser, browser: Browsers) -> None:
    foreign = (await browser().ask("GET", "/login")).hidden

    assert (await alice.ask("POST", "/signout", data=foreign)).status == 403
    assert (await alice.ask("GET", "/login")).location == "/"


async def test_every_page_masks_the_token_anew_and_each_of_them_will_do(browser: Browsers) -> None:
    stranger = browser()
    pages = [await stranger.ask("GET", "/login") for _ in range(3)]

    assert len({page.hidden["csrf_token"] for page in pages}) == 3
    for page in pages:
        form = {**page.hidden, "login": "nobody", "password": "wrong"}
        assert (await stranger.ask("POST", "/login", data=form)).status == 422


async def test_token_in_a_header_will_do(alice: Browser) -> None:
    token = (await alice.ask("GET", "/signout")).hidden["csrf_token"]

    assert (await alice.ask("POST", "/signout", headers={"X-CSRF-Token": token})).status == 303


FOREIGN = [
    *(
        "null",
        "https://evil.example",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost",
    ),
    *("https://127.0.0.1", "http://127.0.0.1.evil.example", "http://evil.example:8000", "file://", "", "*", "http://"),
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_post_from_another_origin_is_refused_even_with_the_token(origin: str, alice: Browser) -> None:
    hidden = (await alice.ask("GET", "/signout")).hidden

    assert refused(await alice.ask("POST", "/signout", data=hidden, headers={"Origin": origin}), 403)
    assert (await alice.ask("GET", "/login")).location == "/"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_post_that_the_browser_calls_foreign_is_refused(site: str, alice: Browser) -> None:
    hidden = (await alice.ask("GET", "/signout")).hidden

    assert (await alice.ask("POST", "/signout", data=hidden, headers={"Sec-Fetch-Site": site})).status == 403


async def test_post_from_our_own_page_is_taken(alice: Browser) -> None:
    hidden = (await alice.ask("GET", "/signout")).hidden
    ours = {"Origin": str(alice.make_url("/")).rstrip("/"), "Sec-Fetch-Site": "same-origin"}

    assert (await alice.ask("POST", "/signout", data=hidden, headers=ours)).status == 303


@pytest.mark.parametrize(
    ("settings", "headers", "origin"),
    [
        ({}, {"Host": "Chat.example:8000"}, "http://chat.example:8000"),
        ({}, {"Host": "chat.example", "X-Forwarded-Proto": "https"}, "http://chat.example"),
        ({}, {"Host": "chat.example", "X-Forwarded-Host": "evil.example"}, "http://chat.example"),
        ({"proxy_hops": 1}, {"Host": "chat.example", "X-Forwarded-Proto": "https"}, "https://chat.example"),
        ({"proxy_hops": 1}, {"Host": "chat.example:443", "X-Forwarded-Proto": "https"}, "https://chat.example"),
        ({"proxy_hops": 1}, {"Host": "chat.example", "X-Forwarded-Host": "evil.example"}, "http://chat.example"),
        ({"proxy_hops": 1}, {"Host": "chat.example", "X-Forwarded-Proto": "javascript"}, "http://chat.example"),
        ({"public_url": "https://chat.example"}, {"Host": "inner:8000"}, "https://chat.example"),
    ],
)
async def test_own_origin_is_as_people_see_it(
    settings: dict[str, object], headers: dict[str, str], origin: str, serve: Serve, open_browser: Open
) -> None:
    server = await serve(**settings)
    stranger = open_browser(server)
    name = "__Host-parley" if origin.startswith("https") else "parley"
    form = await stranger.ask("GET", "/login", headers=headers)
    cookie = {"Cookie": form.headers["Set-Cookie"].split(";")[0]}

    async def post(origin: str) -> int:
        sent = {**headers, **cookie, "Origin": origin}
        return (await stranger.ask("POST", "/signout", data=form.hidden, headers=sent)).status

    assert cookie["Cookie"].startswith(name + "=")
    assert await post(origin) == 303
    assert await post("http://evil.example") == 403


@pytest.mark.parametrize(
    ("settings", "lines", "address"),
    [
        ({}, ["192.0.2.1"], "127.0.0.1"),
        ({"proxy_hops": 1}, ["192.0.2.1"], "192.0.2.1"),
        ({"proxy_hops": 1}, ["198.51.100.9, 192.0.2.1"], "192.0.2.1"),
        ({"proxy_hops": 1}, ["198.51.100.9", "192.0.2.1"], "192.0.2.1"),
        ({"proxy_hops": 2}, ["198.51.100.9, 192.0.2.1", "192.0.2.2"], "192.0.2.1"),
        ({"proxy_hops": 1}, ["192.0.2.1:4711"], "192.0.2.1"),
        ({"proxy_hops": 1}, ["[2001:db8::1]:4711"], "2001:db8::1"),
        ({"proxy_hops": 1}, ["2001:DB8:0::1"], "2001:db8::1"),
        ({"proxy_hops": 1}, ["::ffff:192.0.2.1"], "192.0.2.1"),
        ({"proxy_hops": 1}, ["unknown"], "127.0.0.1"),
        ({"proxy_hops": 1}, ["[::"], "127.0.0.1"),
        ({"proxy_hops": 1}, [""], "127.0.0.1"),
        ({"proxy_hops": 1}, [], "127.0.0.1"),
    ],
)
async def test_address_of_the_client_is_the_one_that_a_trusted_proxy_saw(
    settings: dict[str, object],
    lines: list[str],
    address: str,
    serve: Serve,
    open_browser: Open,
    database: Engine,
    first_link: str,
) -> None:
    stranger = open_browser(await serve(**settings))
    await stranger.ask("GET", first_link)
    headers = [("X-Forwarded-For", line) for line in lines]
    hidden = (await stranger.ask("GET", "/signin")).hidden

    form = {**hidden, "login": "alice", "password": PASSWORD, "password2": PASSWORD}
    answer = await stranger.ask("POST", "/signin", data=form, headers=headers)

    assert answer.status == 303
    with database.connect() as conn:
        assert conn.exec_driver_sql("SELECT address FROM sessions").scalar_one() == address


async def test_plain_http_is_sent_to_https_where_owner_and_proxy_say_so(serve: Serve, open_browser: Open) -> None:
    http, path = {"X-Forwarded-Proto": "http"}, "/login?next=/a%20b"
    url = "https://chat.example.org"
    for settings, location in (
        ({"public_url": url, "proxy_hops": 1}, url + path),
        ({"public_url": url}, ""),
        ({"proxy_hops": 1}, ""),
        ({"public_url": "http://chat.example.org", "proxy_hops": 1}, ""),
    ):
        browser = open_browser(await serve(**settings))
        assert (await browser.ask("GET", path, headers=http)).location == location
        assert (await browser.ask("GET", "/healthz", headers=http)).status == 200


async def test_a_program_that_asks_by_plain_http_is_refused_there(serve: Serve, open_browser: Open) -> None:
    browser = open_browser(await serve(public_url="https://chat.example.org", proxy_hops=1))

    for path in ("/api/rooms", "/ws"):
        refused = await browser.ask("GET", path, headers={"X-Forwarded-Proto": "http"})
        taken = await browser.ask("GET", path, headers={"X-Forwarded-Proto": "https"})

        assert (refused.status, taken.status) == (400, 401)
        assert "https alone" in refused.text
        assert refused.location == ""


# Forms


async def test_form_of_more_than_8_kib_is_refused_with_a_sentence(alice: Browser) -> None:
    answer = await alice.ask("POST", "/signout", data={"x": "a" * 8192})

    assert refused(answer, 413)
    assert "8 KiB" in answer.text


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16", "latin-1", "nonsense", "idna", "rot13"])
async def test_form_in_another_charset_is_refused(charset: str, alice: Browser) -> None:
    headers = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}

    assert refused(await alice.ask("POST", "/signout", data=b"csrf_token=\\ud800", headers=headers), 400)


@pytest.mark.parametrize("body", [b"csrf_token=\xff", b"\xff\xfe", b"=&=&&", b"%", b"%ff=%ff", b"a" * 8000, b"\0"])
async def test_garbled_form_is_refused_and_nothing_breaks(body: bytes, alice: Browser) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert (await alice.ask("POST", "/signout", data=body, headers=headers)).status in (400, 403)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("application/json", 400), ("text/plain", 400), ("multipart/form-data; boundary=x", 403)],
)
async def test_body_that_is_no_form_or_has_no_token_is_refused(content_type: str, status: int, alice: Browser) -> None:
    answer = await alice.ask("POST", "/signout", data=b"--x\r\n\r\n", headers={"Content-Type": content_type})

    assert answer.status == status


# Addresses


def test_no_other_module_reads_a_path_or_a_query() -> None:
    reads = re.compile(r"\brequest\.(?:match_info|query|query_string|rel_url\.query|url\.query)\b")

    found = {module for module, path in modules().items() if reads.search(path.read_text())}

    assert found == {"app.web.asked"}


@pytest.mark.parametrize(
    ("time", "status"),
    [
        *(("2026-01-31", 303), ("2026-01-31T23:00:00+02:00", 303), ("0001-01-01", 303), ("9999-12-31T23:59:59", 303)),
        *(
            ("0001-01-01T00:00:00+23:59", 400),
            ("9999-12-31T23:59:59-00:01", 400),
            ("0001-01-01T00:00:00+00:00:01", 400),
        ),
        *(("", 400), ("a\0b", 400), ("2026-02-30", 400), ("infinity", 400), ("1e9", 400)),
    ],
)
async def test_a_time_is_one_that_can_be_stored(time: str, status: int, alice: Browser) -> None:
    for name in ("time", "day"):
        answer = await alice.ask("GET", URL("/rooms/1/at").with_query({name: time}))

        assert answer.status == status
    assert status == 303 or "Write it as in 2026-01-31." in answer.text


async def test_nul_in_a_path_is_nobodys_name(alice: Browser) -> None:
    hidden = (await alice.ask("GET", "/settings")).hidden

    for path in ("/people/a%00b/message", "/people/%00/message", "/people/a%00b/disable", "/people/a%00b/role/admin"):
        assert (await alice.ask("POST", URL(path, encoded=True), data=hidden)).status == 404
