"""The session cookie on the wire."""

import asyncio
from http.cookies import SimpleCookie

import pytest
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet

from app.auth.cookies import cookie_storage
from app.base.config import Config
from app.base.errors import BadConfig
from tests.conftest import Serve
from tests.support.browsing import Answer, Browser, Browsers, Open

HTTPS = {"X-Forwarded-Proto": "https"}


def session_cookie(answer: Answer) -> str:
    """The header that sets it, beside that of the device."""
    (header,) = [header for header in answer.headers.getall("Set-Cookie") if "parley-device=" not in header]
    return header


def set_cookie(answer: Answer) -> tuple[str, dict[str, object]]:
    """The name and the attributes that are set."""
    ((name, morsel),) = SimpleCookie(session_cookie(answer)).items()
    return name, {key: value for key, value in morsel.items() if value not in ("", False)}


async def test_cookie_over_http(browser: Browsers) -> None:
    name, attributes = set_cookie(await browser().sign_up("alice"))

    assert name == "parley"
    assert attributes == {"httponly": True, "samesite": "Lax", "path": "/", "max-age": str(30 * 86_400)}


async def test_cookie_over_https_is_secure_and_bound_to_the_host(serve: Serve, open_browser: Open) -> None:
    browser = open_browser(await serve(proxy_hops=1), **HTTPS)

    name, attributes = set_cookie(await browser.ask("GET", "/login"))

    assert name == "__Host-parley"
    assert attributes == {
        "httponly": True,
        "samesite": "Lax",
        "path": "/",
        "max-age": str(30 * 86_400),
        "secure": True,
    }


async def test_deletion_carries_the_same_attributes(serve: Serve, open_browser: Open) -> None:
    server = await serve(proxy_hops=1)
    browser = open_browser(server, **HTTPS)
    page = await browser.ask("GET", "/login")
    value = SimpleCookie(page.headers["Set-Cookie"])["__Host-parley"].value
    headers = {"Cookie": f"__Host-parley={value}"}

    answer = await browser.ask("POST", "/signout", data=page.hidden, headers=headers)

    name, attributes = set_cookie(answer)
    assert answer.status == 303
    assert name == "__Host-parley"
    assert attributes.pop("expires")
    assert attributes == {"httponly": True, "samesite": "Lax", "path": "/", "max-age": "0", "secure": True}


async def test_cookie_is_encrypted_and_small(alice: Browser, server: TestServer) -> None:
    cookie = alice.cookie() or ""

    assert "csrf" not in cookie
    assert 100 < len(cookie) < 1000


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"x", b'""', b"gAAAAA", b"\xff\xfe\xfd", "парлей".encode(), b"a" * 4000, b"%00", b"{}", b'"\\377\\376"'),
        Fernet(Fernet.generate_key()).encrypt(b'{"created": 1, "session": {"token": "x"}}'),
    ],
)
async def test_cookie_that_is_not_ours_is_no_cookie(raw: bytes, server: TestServer) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: parley=" + raw + b"\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()

    assert answer.startswith("HTTP/1.1 200 ")
    assert "Set-Cookie: parley=" in answer


async def test_cookie_of_a_dead_session_is_cleaned_and_its_form_still_works(alice: Browser, browser: Browsers) -> None:
    old = alice.cookie()
    await alice.sign_out()
    thief = browser()
    thief.steal(old)

    answer = await thief.ask("GET", "/")

    assert answer.location == "/login?next=/"
    assert set_cookie(answer)[0] == "parley"
    assert thief.cookie() != old
    assert "Set-Cookie" not in (await thief.ask("GET", "/login")).headers
    assert (await thief.log_in("alice")).status == 303


async def test_living_session_sets_no_cookie_again(alice: Browser) -> None:
    assert "Set-Cookie" not in (await alice.ask("GET", "/signout")).headers


async def test_cookie_of_another_key_is_no_cookie(alice: Browser, serve: Serve, open_browser: Open) -> None:
    other = open_browser(await serve(secret_key="another secret, of 32 characters or more"))
    other.steal(alice.cookie())

    assert (await other.ask("GET", "/")).location == "/login?next=/"


async def test_sessions_outlive_the_process(alice: Browser, serve: Serve, open_browser: Open) -> None:
    other = open_browser(await serve())
    other.steal(alice.cookie())

    assert (await other.ask("GET", "/login")).location == "/"


def test_without_a_key_there_are_no_cookies(config: Config) -> None:
    with pytest.raises(BadConfig, match="SECRET_KEY"):
        cookie_storage(config.model_copy(update={"secret_key": None}))
