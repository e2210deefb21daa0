"""What stands before a link: never what a stranger wrote into `Host`."""

import re

import pytest
from sqlalchemy import Engine, select

from app.auth.public_address import public_address
from app.db.schema import instance
from app.web.origins import is_loopback, origin_in
from tests.conftest import Serve
from tests.support.browsing import Answer, Browser, Browsers, Open

EVIL = "evil.example"
CHAT = "http://chat.example:8000"
LINK = re.compile(r'id="link" value="([^"]+)/invite/')


@pytest.fixture
async def alice(browser: Browsers, first_link: str) -> Browser:
    """The first admin, who came by an address that others can use."""
    alice = browser(Host="chat.example:8000")
    await alice.ask("GET", first_link)
    assert (await alice.sign_up("alice")).status == 303
    return alice


async def invited_by(browser: Browser, **headers: str) -> str:
    """What stands before the link of a new invitation."""
    await browser.submit("/settings/chat", to="/settings/chat/invitations", headers=headers, days="7", uses="10")
    return link_in(await browser.ask("GET", "/settings/chat", headers=headers))


def link_in(page: Answer) -> str:
    found = LINK.search(page.text)
    assert found
    return found[1]


def kept(database: Engine) -> str | None:
    with database.connect() as conn:
        return conn.scalar(select(instance.c.address))


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://chat.example.org", "https://chat.example.org"),
        ("  HTTPS://Chat.Example.ORG:443/ ", "https://chat.example.org"),
        ("chat.example.org", "https://chat.example.org"),
        ("http://192.0.2.1:8000", "http://192.0.2.1:8000"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
        ("https://чат.укр", "https://xn--80a0bn.xn--j1amh"),
        *((text, None) for text in ("", "https://", "ftp://a.example", "javascript:alert(1)", "//a.example")),
        *((f"https://{rest}", None) for rest in ("a.example/x", "a.example?x", "a.example#x", "a@b.example", "a b")),
        *((f"https://{rest}", None) for rest in ("a.example:x", "a.example:99999", 'a"b', "a<b>", "\0", "a" * 300)),
    ],
)
def test_an_origin_is_a_scheme_and_a_host_as_a_browser_writes_them(typed: str, origin: str | None) -> None:
    assert origin_in(typed) == origin


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "chat.localhost", "127.0.0.1", "127.1.2.3:1", "[::1]"])
def test_loopback_is_ones_own_machine(host: str) -> None:
    assert is_loopback(f"http://{host}")


@pytest.mark.parametrize(
    "host", ["localhost.example", "xlocalhost", "127.0.0.1.example", "128.0.0.1", "[::2]", "10.0.0.1"]
)
def test_what_only_looks_like_loopback_is_none(host: str) -> None:
    assert not is_loopback(f"http://{host}")


async def test_links_begin_with_the_address_by_which_the_first_admin_came(alice: Browser, database: Engine) -> None:
    assert kept(database) == CHAT
    assert await invited_by(alice) == await invited_by(alice, Host=EVIL) == CHAT
    assert await invited_by(alice, Host="localhost:8000") == CHAT


async def test_who_comes_later_changes_no_address(alice: Browser, browser: Browsers, database: Engine) -> None:
    bob = browser(Host=EVIL)

    await bob.sign_up("bobby")
    await bob.ask("GET", "/settings/chat")
    await alice.ask("GET", "/settings/chat", headers={"Host": EVIL})

    assert kept(database) == CHAT


async def test_a_chat_that_was_reached_by_loopback_alone_keeps_the_first_other_address_of_an_admin(
    browser: Browsers, database: Engine
) -> None:
    alice, bob = browser(), browser(Host=EVIL)
    await alice.sign_up("alice")
    await bob.sign_up("bobby")
    assert (kept(database), await invited_by(alice)) == (None, str(alice.make_url("/")).rstrip("/"))

    await alice.ask("GET", "/settings/chat", headers={"Host": "chat.example:8000"})

    assert (kept(database), await invited_by(alice)) == (CHAT, CHAT)


async def test_who_comes_later_is_linked_as_the_chat_was_reached_before(browser: Browsers, database: Engine) -> None:
    alice, bob = browser(), browser(Host=EVIL)
    await alice.sign_up("alice")
    await bob.sign_up("bobby")
    headers = {"Host": "chat.example:8000"}

    made = await alice.submit("/people/bobby/reset-link", headers)
    page = await alice.ask("GET", made.location, headers=headers)

    assert kept(database) is None
    assert CHAT in page.text
    assert EVIL not in page.text


async def test_what_has_no_request_and_what_a_stranger_asks_for_begin_with_no_host_of_theirs(serve: Serve) -> None:
    server = await serve(port=8123)

    assert await public_address(server.app) == "http://localhost:8123"


def cookies_of(answer: Answer) -> dict[str, str]:
    """What a browser sends back that believes to be at the right address."""
    return {"Cookie": "; ".join(each.split(";")[0] for each in answer.headers.getall("Set-Cookie"))}


async def test_the_owners_setting_counts_before_all_else(serve: Serve, open_browser: Open, first_link: str) -> None:
    server = await serve(public_url="https://orchard.example")
    headers = {"Host": EVIL, "Origin": "https://orchard.example"}
    alice = open_browser(server, **headers)
    cookie = cookies_of(await alice.ask("GET", first_link))
    form = await alice.ask("GET", "/signin", headers=cookie)
    typed = {"login": "alice", "password": "correct horse 9", "password2": "correct horse 9"}
    cookie = cookies_of(await alice.ask("POST", "/signin", data=form.hidden | typed, headers=cookies_of(form)))

    page = await alice.ask("GET", "/settings/chat", headers=cookie)

    assert await public_address(server.app) == "https://orchard.example"
    assert "https://orchard.example" in page.text
    assert EVIL not in page.text
    assert 'name="address"' not in page.text


async def test_the_admin_sees_by_which_other_addresses_people_are_logged_in_and_may_use_one(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    assert "People also come by" not in (await alice.ask("GET", "/settings/chat")).text
    await browser(Host="chat.example.org").sign_up("bobby")
    await browser(Host="localhost:8000").sign_up("carol")
    await browser(Host='x"><script>').ask("GET", "/login")

    page = await alice.ask("GET", "/settings/chat")
    assert re.findall(r"People also come by <bdi>(.*?)</bdi>", page.text) == ["http://chat.example.org"]
    await alice.submit("/settings/chat", to="/settings/chat/address", address="http://chat.example.org")

    assert kept(database) == "http://chat.example.org"
    assert await invited_by(alice) == "http://chat.example.org"
    others = (await alice.ask("GET", "/settings/chat")).text
    assert re.findall(r"People also come by <bdi>(.*?)</bdi>", others) == [CHAT]


@pytest.mark.parametrize("typed", ["", "https://chat.example/x", "javascript:alert(1)", "a\u202eb", "\ufdfa" * 99])
async def test_a_text_that_is_no_address_is_refused_beside_its_field(
    typed: str, alice: Browser, database: Engine
) -> None:
    answer = await alice.submit("/settings/chat", to="/settings/chat/address", address=typed)

    assert (answer.status, kept(database)) == (422, CHAT)
    assert "such as https://chat.example.org" in answer.reason_at("address")
    assert answer.input("address")["value"] == typed


async def test_only_admins_choose_the_address(alice: Browser, browser: Browsers, database: Engine) -> None:
    bob = browser()
    await bob.sign_up("bobby")

    answer = await bob.submit("/settings", to="/settings/chat/address", address="http://chat.example.org")

    assert (answer.status, kept(database)) == (403, CHAT)


@pytest.mark.parametrize("host", [EVIL, "192.0.2.7:8000", "localhost", "[::1]:8000", 'x"><script>', "a" * 300, " "])
async def test_whoever_comes_by_an_unknown_host_is_served(host: str, alice: Browser, browser: Browsers) -> None:
    for path in ("/healthz", "/login"):
        answer = await browser().ask("GET", path, headers={"Host": host})

        assert answer.status == 200
        assert "<script>" not in answer.text
