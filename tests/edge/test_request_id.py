"""Each request has a number, in its answer, in the log and on the page of a failure; and the log says whose it was."""

import logging
import re

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.process.logs import AccessLogger, LineFormatter
from app.web.request_id import HEADER
from tests.conftest import Serve, make_config
from tests.support.apps import make_app
from tests.support.browsing import Browsers, Open
from tests.support.sockets import open_socket, until

OURS = r"[0-9a-f]{16}"
GIVEN = "from-the-router.1"


@pytest.mark.parametrize(
    ("hops", "given", "expected"),
    [
        (1, GIVEN, re.escape(GIVEN)),
        (0, GIVEN, OURS),
        (1, "short", OURS),
        (1, "x" * 65, OURS),
        (1, 'a" forged="1234', OURS),
    ],
)
async def test_that_of_a_trusted_proxy_is_taken_where_it_fits(
    serve: Serve, open_browser: Open, hops: int, given: str, expected: str
) -> None:
    browser = open_browser(await serve(proxy_hops=hops))

    for path in ("/login", "/healthz", "/nowhere"):
        answer = await browser.ask("GET", path, headers={HEADER: given})
        assert re.fullmatch(expected, answer.headers[HEADER]), path


async def test_no_two_requests_have_the_same(browser: Browsers) -> None:
    one = browser()

    assert len({(await one.ask("GET", "/login")).headers[HEADER] for _ in range(5)}) == 5


async def test_the_page_of_a_failure_has_the_number_that_the_log_has(
    browser: Browsers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = browser()

    def fail(*_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("app.edge.middleware.is_csrf_token", fail)
    answer = await one.ask("POST", "/login", data={"login": "x"})

    number = answer.headers[HEADER]
    assert answer.status == 500
    assert f"<code>{number}</code>" in answer.text
    assert "canary" not in answer.text
    [record] = [record for record in caplog.records if record.getMessage() == "request failed"]
    assert record.__dict__["fields"]["request"] == number


async def test_the_access_log_has_address_user_and_number_and_a_sockets_beginning_and_end(
    database: Engine, open_browser: Open, first_link: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("app.access", "aiohttp.access"):
        caplog.set_level(logging.INFO, name)
    server = TestServer(make_app(make_config(database, proxy_hops=1)))
    await server.start_server(access_log_class=AccessLogger)
    browser = open_browser(server, **{"X-Forwarded-For": "203.0.113.7"})
    await browser.ask("GET", first_link)
    assert (await browser.sign_up("alice")).status == 303

    page = await browser.ask("GET", "/", headers={HEADER: GIVEN})
    socket = await open_socket(browser)
    await socket.until("hello")
    await socket.ws.close(code=4999)
    await until(lambda: any("socket ended" in record.getMessage() for record in caplog.records))
    await server.close()

    lines = [LineFormatter().format(record).partition(": ")[2] for record in caplog.records if "access" in record.name]
    assert page.headers[HEADER] == GIVEN
    assert any(re.match(rf"GET / status=200 .* from=203.0.113.7 request={GIVEN} user=1$", line) for line in lines)
    assert any(re.match(r"GET /invite/- status=\d+ .* from=203.0.113.7 request=\w+$", line) for line in lines)
    assert [line for line in lines if re.match(rf"socket begun user=1 from=203.0.113.7 request={OURS}$", line)]
    assert [line for line in lines if re.match(r"socket ended user=1 code=4999 s=\d+\.\d$", line)]
