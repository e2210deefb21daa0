"""The edge: one shape of errors, headers, whose request it is."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy.exc
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event

from app.base.errors import IdConflict, NotLoggedIn, Unavailable
from app.db.driver.engine import ENGINE
from app.edge.middleware import HEADERS, STATIC_HEADERS
from app.web.redirects import safe_path
from tests.conftest import Serve, make_config
from tests.support.apps import make_app
from tests.support.browsing import PASSWORD, Answer, Browser, Browsers, Open

JSON = {"Accept": "application/json"}
FAULTS = {
    "conflict": (IdConflict(), 409),
    "away": (Unavailable(retry_after_s=1.2), 503),
    "bug": (ZeroDivisionError("secret detail"), 500),
    "forbidden": (web.HTTPForbidden(), 403),
    "statement": (sqlalchemy.exc.OperationalError("SELECT secret", {}, Exception()), 503),
    "interface": (sqlalchemy.exc.InterfaceError("SELECT secret", {}, Exception()), 503),
    "pool": (sqlalchemy.exc.TimeoutError("secret"), 503),
    "timeout": (TimeoutError("secret"), 503),
    "reset": (ConnectionResetError("secret"), 503),
    "stranger": (NotLoggedIn(), 401),
}


@pytest.fixture
async def faulty(database: Engine) -> AsyncIterator[Browser]:
    """A browser of an app with pages that raise, at `/faults/…` and `/api/faults/…`."""
    app = make_app(make_config(database))

    async def fail(request: web.Request) -> web.Response:
        raise FAULTS[request.match_info["fault"]][0]

    app.router.add_route("*", "/faults/{fault}", fail)
    app.router.add_route("*", "/api/faults/{fault}", fail)
    async with TestServer(app) as server, Browser(server) as browser:
        yield browser


def refused(answer: Answer, status: int) -> bool:
    return answer.status == status and "<form" not in answer.text and "<main" in answer.text


@pytest.mark.parametrize(("fault", "status"), [(name, status) for name, (_, status) in FAULTS.items()])
async def test_programs_get_json(fault: str, status: int, faulty: Browser) -> None:
    for answer in (
        await faulty.ask("GET", f"/api/faults/{fault}"),
        await faulty.ask("GET", f"/faults/{fault}", headers=JSON),
    ):
        error = json.loads(answer.text)["error"]
        assert answer.status == status
        assert set(error) == {"code", "message"}
        assert re.fullmatch(r"[a-z_]+", error["code"])
        assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("fault", "status"), [(name, status) for name, (_, status) in FAULTS.items() if name != "stranger"]
)
async def test_people_get_a_page_without_details(fault: str, status: int, faulty: Browser) -> None:
    answer = await faulty.ask("GET", f"/faults/{fault}")

    assert refused(answer, status)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)


async def test_retry_after_is_whole_seconds(faulty: Browser) -> None:
    assert (await faulty.ask("GET", "/faults/away")).headers["Retry-After"] == "2"


async def test_bug_is_logged_with_its_traceback(faulty: Browser, caplog: pytest.LogCaptureFixture) -> None:
    await faulty.ask("GET", "/faults/bug")

    (record,) = [record for record in caplog.records if record.name == "app.edge.middleware"]
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_errors_of_aiohttp_are_in_the_same_shape(browser: Browsers) -> None:
    stranger = browser()

    assert refused(await stranger.ask("GET", "/nowhere"), 404)
    assert refused(await stranger.ask("GET", "/static/../../etc/passwd"), 404)
    wrong_method = await stranger.ask("OPTIONS", "/login")
    assert refused(wrong_method, 405)
    assert "GET" in wrong_method.headers["Allow"]
    missing = await stranger.ask("GET", "/api/nowhere")
    assert missing.status == 404
    assert json.loads(missing.text)["error"]["code"] == "not_found"


async def test_page_of_a_missing_database_needs_none(serve: Serve, open_browser: Open) -> None:
    server = await serve(db_connect_timeout_s=1)
    stranger, alice = open_browser(server), open_browser(server)
    await alice.sign_up("alice")
    hidden = (await stranger.ask("GET", "/login")).hidden
    engine = server.app[ENGINE].sync_engine
    gone = sqlalchemy.exc.OperationalError("connect", {}, Exception())
    event.listen(engine, "engine_connect", lambda *_: (_ for _ in ()).throw(gone))

    form = await stranger.ask("POST", "/login", data={**hidden, "login": "alice", "password": PASSWORD})
    page = await alice.ask("GET", "/")

    assert (form.status, 'value="alice"' in form.text) == (503, True)
    assert refused(page, 503)
    assert int(form.headers["Retry-After"]) == int(page.headers["Retry-After"]) >= 1
    assert (await stranger.ask("GET", "/login")).status == 200
    assert (await stranger.ask("GET", "/nowhere")).status == 404


async def test_static_files_and_health_do_not_ask_the_database(alice: Browser, server: TestServer) -> None:
    statements: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    style = re.search(r"/static/\w+/css/page.css", (await alice.ask("GET", "/signout")).text)
    event.listen(server.app[ENGINE].sync_engine, "before_cursor_execute", note)
    assert style is not None
    answer = await alice.ask("GET", style[0])
    assert (await alice.ask("GET", "/healthz")).status == 200
    event.remove(server.app[ENGINE].sync_engine, "before_cursor_execute", note)

    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert not [statement for statement in statements if "sessions" in statement]


async def test_every_answer_has_the_security_headers(alice: Browser, faulty: Browser) -> None:
    pages = ["/login", "/signout", "/nowhere", "/api/nowhere", "/healthz", "/ws"]
    style = re.search(r"/static/\w+/css/page.css", (await alice.ask("GET", "/signout")).text)
    assert style is not None

    answers = [await alice.ask("GET", path) for path in (*pages, style[0])]
    answers += [await faulty.ask("GET", "/faults/bug"), await alice.ask("POST", "/login")]

    for answer in answers:
        expected = STATIC_HEADERS if answer is answers[len(pages)] else HEADERS
        assert {name: answer.headers.get(name) for name in expected} == expected
        assert "Server" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers
        assert "charset=utf-8" in answer.headers.get("Content-Type", "") or not answer.text
        assert answer.headers["Cache-Control"] == "no-store" or answer is answers[len(pages)]


async def test_policy_forbids_what_is_inline_or_elsewhere() -> None:
    policy = HEADERS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for template in (Path(__file__).parents[2] / "templates").rglob("*.html"):
        assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*src)", template.read_text()), template


async def test_https_is_remembered_by_browsers(serve: Serve, open_browser: Open) -> None:
    browser = open_browser(await serve(public_url="https://chat.example.org"))

    assert (await browser.ask("GET", "/login")).headers["Strict-Transport-Security"].startswith("max-age=31536000")


# Whose request it is


@pytest.mark.parametrize("path", ["/login", "/signin", "/signout", "/nowhere", "/api/nowhere"])
@pytest.mark.parametrize("token", [None, "", "x", "ж", "A" * 43])
async def test_post_without_our_token_is_refused(path: str, token: str | None, alice: Browser) -> None:
    answer = await alice.ask("POST", path, data={} if token is None else {"csrf_token": token})

    assert answer.status == 403
    assert "reload the page" in answer.text


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
    settings: dict[str, object], lines: list[str], address: str, serve: Serve, open_browser: Open, database: Engine
) -> None:
    stranger = open_browser(await serve(**settings))
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


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
async def test_body_that_is_no_form_is_refused(content_type: str, alice: Browser) -> None:
    answer = await alice.ask("POST", "/signout", data=b"--x\r\n\r\n", headers={"Content-Type": content_type})

    assert answer.status == 400


# Strangers, and where they are sent


async def test_stranger_is_sent_to_log_in_and_a_program_is_told(browser: Browsers) -> None:
    stranger = browser()

    page, api, socket = [await stranger.ask("GET", path) for path in ("/", "/api/rooms/1/messages", "/ws")]

    assert (page.status, page.location) == (303, "/login?next=/")
    for answer in (api, socket):
        assert answer.status == 401
        assert json.loads(answer.text)["error"]["code"] == "not_logged_in"


HOSTS = [
    "//evil.example",
    "//evil.example/%2f..",
    "//evil.example@ours",
    "//evil%E3%80%82example",
    "//[::1]",
    "///evil.example",
]
BACKSLASHES = [
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/a\\..\\evil",
    "/%5cevil\\",
]
DOTS = [
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/%2E%2e//evil.example",
    "/././/e",
]
SCHEMES = [
    "http://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "JaVaScRiPt:x",
]
OTHERS = [
    "",
    "evil.example",
    ".evil.example",
    "@evil.example",
    "?next=//evil",
    "#//evil",
    "%2f%2fevil.example",
    "..",
    "../",
    "*",
]
CONTROLS = [
    f"/{chr(code)}/evil.example" for code in [*range(0x21), 0x7F, 0x85, 0xA0, 0x2028, 0x2029, 0xFEFF, 0x200B, 0xFF0F]
]
LEADING = [f"{chr(code)}//evil.example" for code in [0, 9, 10, 13, 32, 0xA0, 0x3000]] + [
    "\thttps://evil.example",
    " /ok",
]
FULL_WIDTH = ["／／evil.example", "/／evil.example", "//ⓔvil.example", "/\u2044/evil.example"]
SPLITTING = ["/ok\r\nSet-Cookie: a=b", "/ok\nLocation: //evil", "/ж", "/\ud800"]
HOSTILE = HOSTS + BACKSLASHES + DOTS + SCHEMES + OTHERS + CONTROLS + LEADING + FULL_WIDTH + SPLITTING


def test_hostile_corpus_is_large_enough() -> None:
    assert len(set(HOSTILE)) >= 90


@pytest.mark.parametrize("wanted", HOSTILE)
def test_hostile_next_leads_home(wanted: str) -> None:
    assert safe_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/rooms/1/57", "/rooms/1?around=57#m", "/a?b=//c", "/a%2F%2Fb", "/@x", "/a:b"])
def test_path_of_ours_is_kept(wanted: str) -> None:
    assert safe_path(wanted) == wanted


async def test_no_hostile_next_leaves_the_site(browser: Browsers) -> None:
    await browser().sign_up("alice")
    for wanted in [text for text in HOSTILE if "\ud800" not in text][::6]:
        person = browser()
        hidden = (await person.ask("GET", "/login")).hidden
        form = {**hidden, "login": "alice", "password": PASSWORD, "next": wanted}

        answer = await person.ask("POST", "/login", data=form)

        assert answer.status == 303
        assert urlsplit(urljoin("http://ours.example/login", answer.location)).netloc == "ours.example"


async def test_absolute_request_line_is_not_where_to_come_back_to(server: TestServer) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(b"GET http://evil.example/ HTTP/1.1\r\nHost: ours.example\r\nConnection: close\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()

    assert "Location: /login?next=/\r\n" in answer
