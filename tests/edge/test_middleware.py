"""The edge: one shape of errors, and the headers of every answer."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy.exc
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event

from app.base.errors import IdConflict, NotLoggedIn, Unavailable
from app.db.driver.engine import ENGINE
from app.edge.middleware import HEADERS, STATIC_HEADERS
from tests.conftest import Serve, make_config
from tests.support.apps import make_app
from tests.support.browsing import PASSWORD, Browser, Browsers, Open, refused

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


@pytest.mark.parametrize(("fault", "status"), [(name, status) for name, (_, status) in FAULTS.items()])
async def test_programs_get_json(fault: str, status: int, faulty: Browser) -> None:
    for answer in (
        await faulty.ask("GET", f"/api/faults/{fault}"),
        await faulty.ask("GET", f"/faults/{fault}", headers=JSON),
    ):
        error = json.loads(answer.text)["error"]
        assert answer.status == status
        assert set(error) == {"code", "message"} | ({"retry_after"} if status == 503 else set())
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


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Content-Length: 3\r\nContent-Length: 4",
        "Transfer-Encoding: x",
    ],
)
async def test_a_body_whose_end_is_not_certain_is_refused(server: TestServer, lengths: str) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(f"POST /login HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\n0\r\n\r\nGET /people HTTP/1.1\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()

    assert re.match(r"HTTP/1.\d 400 ", answer)
    assert answer.count("HTTP/1.") == 1


async def test_no_method_that_repeats_what_was_sent_and_no_folder_is_answered(browser: Browsers) -> None:
    stranger, secret = browser(), {"X-Secret": "otter"}

    answers = [await stranger.ask(method, "/login", headers=secret) for method in ("TRACE", "DEBUG")]
    folders = [await stranger.ask("GET", path) for path in ("/static/", "/static/js/", "/.git/config", "/.env")]

    assert {answer.status for answer in answers} <= {400, 403, 405}
    assert not [answer for answer in answers if "otter" in answer.text]
    assert [answer.status for answer in folders] == [404] * 4


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
    good = r'( type="module")? src=| type="application/json" id="state">'  # the latter is never run
    inline = re.compile(rf"<style|style=|\son\w+=|<script(?!{good})")
    templates = Path(__file__).parents[2] / "templates"
    saved = templates / "saving" / "room.html"  # a file of its own, with a policy of its own
    for template in {*templates.rglob("*.html")} - {saved}:
        assert not inline.search(template.read_text()), template


async def test_https_is_remembered_by_browsers(serve: Serve, open_browser: Open) -> None:
    browser = open_browser(await serve(public_url="https://chat.example.org"))

    assert (await browser.ask("GET", "/login")).headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "GZIP", "identity, gzip"])
@pytest.mark.parametrize("body", [b"login=a&password=b", gzip.compress(b"login=a&password=b")], ids=["plain", "packed"])
async def test_a_body_that_says_it_is_compressed_is_refused_whatever_it_is(
    browser: Browsers, coding: str, body: bytes
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": coding}

    for path in ("/login", "/api/rooms"):
        answer = await browser().ask("POST", path, data=body, headers=form)
        assert answer.status == 400
        assert "compressed" in answer.text


async def test_a_body_may_say_that_it_is_not_compressed(browser: Browsers) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "identity"}

    answer = await browser().ask("POST", "/login", data=b"login=a&password=b", headers=form)

    assert answer.status == 403  # it has no token
