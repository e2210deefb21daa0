"""A log line is one line, has a time and an event, and keeps secrets."""

import io
import json
import logging
import re
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app.process import logs
from app.process.logs import AccessLogger, JsonFormatter, LineFormatter, OnceHandler


def line_of(message: str, *args: object, **more: Any) -> str:
    record = logging.LogRecord("app.test", logging.INFO, __file__, 1, message, args, more.pop("exc_info", None))
    record.__dict__.update(more)
    return LineFormatter().format(record)


def test_a_line_has_utc_time_level_logger_message_and_fields() -> None:
    line = line_of("posted in %s", "Lobby", fields={"room": 1, "who": "Ada L", "empty": ""})

    assert re.fullmatch(
        r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info app\.test: posted in Lobby room=1 who="Ada L" empty=""', line
    )


@pytest.mark.parametrize("evil", ["\r\n", "\n", "\x1b[2J", "\0", "\x85", "\u2028", "\u202e", "\x7f"])
def test_nobody_forges_a_line(evil: str) -> None:
    line = line_of("hello %s", f"a{evil}b", fields={"name": f"c{evil}d"})

    assert not any(character in line for character in evil if not character.isalnum() and character != "[")
    assert len(line.splitlines()) == 1


def test_quotes_and_equals_signs_cannot_forge_a_field() -> None:
    line = line_of("hello", fields={"name": 'x" admin=true', "path": "a=b"})

    assert line.endswith(r'hello name="x\" admin=true" path="a=b"')


def test_a_traceback_stays_on_its_line() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        line = line_of("failed", exc_info=sys.exc_info())

    assert len(line.splitlines()) == 1
    assert r"\nValueError: first\nsecond" in line


async def test_access_lines_keep_queries_and_cookies_to_themselves(caplog: pytest.LogCaptureFixture) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/page", answer)
    caplog.set_level(logging.INFO, "aiohttp.access")
    server = TestServer(app)
    await server.start_server(access_log_class=AccessLogger)
    async with TestClient(server, cookies={"c": "canary1"}) as client:
        await client.get("/page?q=canary2", headers={"Referer": "https://x/?canary3", "User-Agent": "canary4"})

    [record] = [record for record in caplog.records if record.name == "aiohttp.access"]
    line = LineFormatter().format(record)
    assert re.search(r"GET /page status=200 bytes=\d+ ms=\d+\.\d from=127\.0\.0\.1$", line)
    assert "canary" not in line


def test_a_line_of_json_has_the_same_and_nobody_forges_one() -> None:
    record = logging.LogRecord("app.test", logging.ERROR, __file__, 1, "hello %s", ("a\nb\u2028",), None)
    record.__dict__["fields"] = {"user": 3, "who": 'Ada "L"', "level": "forged"}

    line = JsonFormatter().format(record)

    assert len(line.splitlines()) == 1
    said = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said.pop("time"))
    assert said == {"level": "error", "logger": "app.test", "message": "hello a\nb\u2028", "user": 3, "who": 'Ada "L"'}


def warn(handler: OnceHandler, message: str, reason: str, **more: Any) -> None:
    record = logging.LogRecord("app.test", logging.WARNING, __file__, 1, message, (), more.pop("exc_info", None))
    record.__dict__["fields"] = {"reason": reason}
    handler.handle(record)


def test_what_comes_again_and_again_is_written_once_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(s=0.0)
    monkeypatch.setattr(logs.time, "monotonic", lambda: now.s)
    written = io.StringIO()
    handler = OnceHandler(written)
    handler.setFormatter(LineFormatter())

    for number in range(1204):
        warn(handler, "unavailable", f"could not extend file base/5/{number}: No space left on device (53100)")
    warn(handler, "unavailable", "the database system is starting up (57P03)")
    now.s = 60.0
    warn(handler, "unavailable", "could not extend file base/5/7: No space left on device (53100)")

    lines = [line.partition("app.test: ")[2] for line in written.getvalue().splitlines()]
    assert [line.partition(" reason=")[0] for line in lines] == [
        *("unavailable", "unavailable"),
        *("unavailable (the same 1,203 times in 60 s)", "unavailable"),
    ]
    assert "57P03" in lines[1]


def test_tracebacks_and_lines_of_information_are_never_held_back() -> None:
    written = io.StringIO()
    handler = OnceHandler(written)
    for _ in range(3):
        handler.handle(logging.LogRecord("app.test", logging.INFO, __file__, 1, "posted", (), None))
        try:
            raise ValueError("x")
        except ValueError:
            warn(handler, "failed", "", exc_info=sys.exc_info())

    assert written.getvalue().count("posted") == 3
    assert written.getvalue().count("ValueError: x") == 3


def test_what_was_held_back_at_the_end_is_written_then() -> None:
    written = io.StringIO()
    handler = OnceHandler(written)
    for _ in range(3):
        warn(handler, "unavailable", "gone")

    handler.close()

    assert "unavailable (the same 2 times)" in written.getvalue()
