"""Mail, through a real server on loopback: a forgotten password, and whose an address is."""

import re
from email.message import EmailMessage

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select, update

from app.db.schema import users
from tests.conftest import Serve
from tests.mail.post_office import PostOffice
from tests.recovery.conftest import NEW
from tests.support.browsing import PASSWORD, Answer, Browser, Browsers

BOBS, NEWER = "bob@example.org", "robert@example.net"
TWICE = {"password": NEW, "password2": NEW}


@pytest.fixture
async def server(serve: Serve, office: PostOffice) -> TestServer:
    return await serve(smtp_url=office.url)


def link_in(letter: EmailMessage, kind: str) -> str:
    found = re.search(rf"http://localhost:\d+(/{kind}/[\w-]{{43}})\s", letter.get_content())
    assert found is not None, letter.get_content()
    return found[1]


def email_in(database: Engine) -> tuple[str | None, bool]:
    statement = select(users.c.email, users.c.email_verified_at.is_not(None)).where(users.c.login == "bobby")
    with database.connect() as conn:
        email, is_confirmed = conn.execute(statement).one()
    return email, is_confirmed


async def ask_to_change(person: Browser, email: str, password: str = PASSWORD) -> Answer:
    return await person.submit("/settings/email", email=email, password=password)


async def change(person: Browser, office: PostOffice, email: str) -> None:
    """Change the address, and confirm it."""
    assert (await ask_to_change(person, email)).location == "/settings/email?done=mailed"
    assert (await person.submit(link_in(await office.next(), "confirm"))).status == 200


async def test_an_address_is_ones_own_when_its_link_is_followed_and_not_before(
    bob: Browser, office: PostOffice, database: Engine
) -> None:
    await ask_to_change(bob, BOBS)
    letter = await office.next()
    assert (letter["To"], letter["From"], letter["Auto-Submitted"]) == (BOBS, "chat@example.org", "auto-generated")
    link = link_in(letter, "confirm")
    assert BOBS in (await bob.ask("GET", link)).text
    assert email_in(database) == (None, False)

    assert (await bob.submit(link)).status == 200

    assert email_in(database) == (BOBS, True)
    assert (await bob.ask("GET", link)).status == 410
    assert "confirmed" in (await bob.ask("GET", "/settings/email")).text


async def test_an_address_that_is_given_with_a_new_account_is_confirmed_likewise(
    alice: Browser, browser: Browsers, office: PostOffice, database: Engine
) -> None:
    bob = browser()
    await bob.sign_up("bobby", email=BOBS)
    link = link_in(await office.next(), "confirm")
    assert email_in(database) == (BOBS, False)

    await bob.submit(link)

    assert email_in(database) == (BOBS, True)


async def test_the_address_that_somebody_had_gets_a_letter_about_the_change(bob: Browser, office: PostOffice) -> None:
    await change(bob, office, BOBS)
    await change(bob, office, NEWER)

    letter = await office.next()

    assert letter["To"] == BOBS
    assert NEWER in letter.get_content()
    await ask_to_change(bob, "")
    assert (await office.next())["To"] == NEWER


async def test_the_address_changes_with_the_password_only(bob: Browser, office: PostOffice, database: Engine) -> None:
    refused = await ask_to_change(bob, BOBS, "wrong password")
    assert (refused.status, refused.input("email")["value"]) == (422, BOBS)
    assert refused.reason_at("password")
    assert (await ask_to_change(bob, BOBS, "")).status == 422
    assert (await ask_to_change(bob, "no address")).status == 422

    await change(bob, office, NEWER)  # the first letter: none was sent for what was refused

    assert email_in(database) == (NEWER, True)


async def test_an_address_that_another_has_confirmed_first_is_refused(
    alice: Browser, bob: Browser, office: PostOffice, database: Engine
) -> None:
    await ask_to_change(bob, BOBS)
    link = link_in(await office.next(), "confirm")
    await change(alice, office, BOBS)

    answer = await bob.submit(link)

    assert (answer.status, "Another account" in answer.text) == (422, True)
    assert email_in(database) == (None, False)


async def test_a_forgotten_password_is_replaced_by_a_mailed_link(
    bob: Browser, office: PostOffice, browser: Browsers
) -> None:
    await change(bob, office, BOBS)
    stranger = browser()
    assert 'href="/forgot"' in (await stranger.ask("GET", "/login")).text

    assert (await stranger.submit("/forgot", email=f" {BOBS.upper()} ")).status == 200

    letter = await office.next()
    assert (letter["To"], "bobby" in letter.get_content()) == (BOBS, True)
    assert (await stranger.submit(link_in(letter, "reset"), **TWICE)).status == 200
    assert (await stranger.log_in("bobby", NEW)).status == 303
    assert (await bob.ask("GET", "/settings")).status == 303


async def test_nothing_is_mailed_to_who_has_not_confirmed_and_the_answer_is_the_same(
    bob: Browser, office: PostOffice, browser: Browsers, database: Engine
) -> None:
    await browser().sign_up("carol", email=NEWER)
    assert (await office.next())["To"] == NEWER
    await change(bob, office, BOBS)
    confirmed = {"email": "a@b.example", "email_verified_at": func.now(), "disabled_at": func.now()}
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "alice").values(confirmed))
    stranger = browser()

    answers = [
        await stranger.submit("/forgot", email=email) for email in ("nobody@x.example", NEWER, "a@b.example", BOBS)
    ]

    assert (await office.next())["To"] == BOBS  # they are written one after the other
    shown = {re.sub(r"<bdi>[^<]*</bdi>|/static/\w+", "", answer.text) for answer in answers}
    assert (len(shown), {answer.status for answer in answers}) == (1, {200})


async def test_letters_are_limited_by_address_whether_an_account_has_it_or_not(
    bob: Browser, office: PostOffice, browser: Browsers
) -> None:
    await change(bob, office, BOBS)
    stranger = browser()

    for email, before in ((BOBS, 2), ("nobody@x.example", 3)):
        statuses = [(await stranger.submit("/forgot", email=email)).status for _ in range(before + 1)]
        assert statuses == [200] * before + [429]


async def test_a_new_address_ends_the_links_that_wait_in_the_old_one(bob: Browser, office: PostOffice) -> None:
    await change(bob, office, BOBS)
    await bob.submit("/forgot", email=BOBS)
    assert (await bob.ask("GET", "/forgot")).status == 200
    link = link_in(await office.next(), "reset")
    await change(bob, office, NEWER)

    assert (await bob.ask("GET", link)).status == 410


async def test_a_new_password_ends_the_links_that_somebody_asked_for_before(
    bob: Browser, office: PostOffice, database: Engine
) -> None:
    await ask_to_change(bob, "mallory@example.org")
    link = link_in(await office.next(), "confirm")

    fields = {"old_password": PASSWORD, **TWICE}
    assert (await bob.submit("/settings", to="/settings/password", **fields)).status == 303

    assert (await bob.ask("GET", link)).status == 410
    assert email_in(database) == (None, False)


async def test_an_address_is_not_confirmed_where_nothing_is_mailed(
    serve: Serve, open_browser: Browsers, database: Engine
) -> None:
    server = await serve()
    bob = open_browser(server)
    await bob.sign_up("bobby")

    assert (await ask_to_change(bob, BOBS)).location == "/settings/email?done=saved"

    assert email_in(database) == (BOBS, False)
    stranger = open_browser(server)
    assert "/forgot" not in (await stranger.ask("GET", "/login")).text
    assert (await stranger.ask("GET", "/forgot")).status == 404
