"""Strangers are sent to log in, and where they are sent afterwards is always a page of ours."""

import asyncio
import json
from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp.test_utils import TestServer

from app.web.redirects import safe_path
from tests.support.browsing import PASSWORD, Browsers


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


async def test_an_address_that_is_too_long_for_a_header_is_not_where_to_come_back_to(browser: Browsers) -> None:
    for path, kept in (("/search?q=" + "x" * 1_000, True), ("/search?q=" + "x" * 3_000, False)):
        answer = await browser().ask("GET", path)

        assert answer.location.startswith("/login?next=/search") == kept
        assert kept or answer.location == "/login?next=/"
