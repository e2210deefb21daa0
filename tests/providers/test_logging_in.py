"""Logging in by a provider: who becomes whom, in a real flow against a real provider."""

import asyncio
import re
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select, update

from app.db.schema import identities, invitations, sessions, users
from tests.conftest import Serve
from tests.providers.conftest import START, arrive, log_in, serve_with, way_back, way_there
from tests.providers.house import House
from tests.support.browsing import Browser, Browsers, Open

GRACE = {"name": "Grace Hopper", "preferred_username": "grace", "email": "grace@example.org", "email_verified": True}


def person(database: Engine, login: str) -> tuple[str, str | None, bool, bool]:
    """Name, e-mail, whether that is verified, whether there is a password."""
    columns = (users.c.display_name, users.c.email, users.c.email_verified_at, users.c.password_hash)
    with database.connect() as conn:
        name, email, verified_at, password_hash = conn.execute(select(*columns).where(users.c.login == login)).one()
    return name, email, verified_at is not None, password_hash is not None


def confirm(database: Engine, login: str, email: str) -> None:
    """As the link in a letter does."""
    with database.begin() as conn:
        confirmed = update(users).values(email=email, email_verified_at=func.clock_timestamp())
        conn.execute(confirmed.where(users.c.login == login))


async def test_who_is_new_gets_an_account_without_a_password_and_comes_back_to_it(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    ada = browser()
    answer = await log_in(ada, "/login?next=/people")
    assert (answer.status, answer.location) == (303, "/people")
    assert (await ada.ask("GET", "/people")).status == 200
    assert person(database, "ada") == ("Ada Lovelace", "ada@example.org", True, False)

    provider.people["1"] |= {"preferred_username": "countess", "email": "countess@example.org"}
    again = browser()
    assert (await log_in(again)).location == "/"

    assert "Your login is <bdi>ada</bdi>" in (await again.ask("GET", "/settings")).text
    assert person(database, "ada")[1] == "ada@example.org"


async def test_nobody_logs_in_to_an_account_without_a_password_by_typing_one(
    alice: Browser, browser: Browsers, provider: House
) -> None:
    await log_in(browser())

    for password in ("", "None", "correct horse 9"):
        answer = await browser().log_in("ada", password)
        assert (answer.status, answer.location) == (422, "")


async def test_an_account_is_joined_by_an_e_mail_that_both_sides_have_verified(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.sign_up("bobby")
    confirm(database, "bobby", "ada@example.org")

    ada = browser()
    assert (await log_in(ada)).status == 303

    assert "Your login is <bdi>bobby</bdi>" in (await ada.ask("GET", "/settings")).text
    assert (await browser().log_in("bobby")).location == "/"  # with the password, too


@pytest.mark.parametrize("unverified", ["here", "there", "there, and as text"])
async def test_an_account_is_not_joined_by_an_e_mail_that_one_side_has_not_verified(
    alice: Browser, provider: House, browser: Browsers, database: Engine, unverified: str
) -> None:
    bob = browser()
    await bob.sign_up("bobby", email="ada@example.org")
    if unverified != "here":
        confirm(database, "bobby", "ada@example.org")
        provider.people["1"]["email_verified"] = False if unverified == "there" else "false"

    await log_in(browser())

    kept = ("ada@example.org", True) if unverified == "here" else (None, False)
    assert person(database, "ada") == ("Ada Lovelace", *kept, False)
    with database.connect() as conn:
        assert conn.scalar(select(identities.c.user_id)) == 3


async def test_an_account_is_never_joined_by_its_name(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.sign_up("ada", display_name="Ada Lovelace")

    await log_in(browser())

    assert person(database, "ada2") == ("Ada Lovelace", "ada@example.org", True, False)
    with database.connect() as conn:
        assert [*conn.scalars(select(users.c.namesake).order_by(users.c.id))] == [False, True, True]


@pytest.mark.parametrize(
    ("claims", "login", "name"),
    [
        ({"preferred_username": "admin"}, "admin2", "Ada Lovelace"),
        ({"preferred_username": "Ada.Lovelace@example.org"}, "ada.lovelace", "Ada Lovelace"),
        ({"preferred_username": "al\u0456ce"}, "ada", "Ada Lovelace"),
        ({"preferred_username": "al1ce"}, "al1ce2", "Ada Lovelace"),
        ({"preferred_username": "<b>ä ö</b>"}, "b.ä.ö.b", "Ada Lovelace"),
        ({"preferred_username": 7, "name": ["x"]}, "ada", "ada"),
        ({"name": "Alice"}, "ada", "ada"),
        ({"name": "System"}, "ada", "ada"),
        ({"name": "A\u202eB"}, "ada", "ada"),
        ({"preferred_username": "", "email": "", "name": ""}, "member", "member"),
    ],
)
async def test_a_login_and_a_name_pass_for_nobody_else(
    alice: Browser,
    provider: House,
    browser: Browsers,
    database: Engine,
    claims: dict[str, object],
    login: str,
    name: str,
) -> None:
    provider.people["1"] |= claims

    assert (await log_in(browser())).location == "/"

    assert person(database, login)[0] == name


async def test_who_is_switched_off_is_refused(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    await log_in(browser())
    assert (await alice.submit("/people/ada/disable")).status == 303

    answer = await log_in(browser())

    assert (answer.status, answer.location) == (403, "")
    assert "This account is switched off." in answer.text


async def test_where_invitations_are_needed_somebody_new_comes_in_by_one_and_not_without(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    await alice.submit("/settings/chat", name="Parley")
    stranger = browser()
    answer = await log_in(stranger)
    assert answer.status == 403
    assert "by invitation only" in answer.text
    assert (await stranger.ask("GET", "/people")).location.startswith("/login")
    await alice.submit("/settings/chat", to="/settings/chat/invitations", days="1", uses="1")
    link = re.search(r"/invite/[\w-]{43}", (await alice.ask("GET", "/settings/chat")).text)
    assert link is not None

    await stranger.ask("GET", link[0])
    assert (await log_in(stranger, "/signin")).location == "/"

    with database.connect() as conn:
        assert conn.scalar(select(invitations.c.uses)) == 1
    provider.people["2"], provider.who = dict(GRACE), "2"
    late = browser()
    await late.ask("GET", link[0])
    assert (await log_in(late)).status == 403  # it was for one
    provider.who = "1"
    assert (await log_in(browser())).location == "/"  # who has an account needs none


async def test_the_first_account_is_an_admins(server: TestServer, provider: House, browser: Browsers) -> None:
    ada = browser()

    await log_in(ada, "/signin")

    assert (await ada.ask("GET", "/settings/chat")).status == 200


async def test_too_many_new_accounts_from_one_network_are_refused(
    serve: Serve, provider: House, open_browser: Open
) -> None:
    server = await serve_with(serve, provider, sign_ups_per_hour=1)
    provider.people["2"] = dict(GRACE)
    assert (await log_in(open_browser(server))).status == 303

    provider.who = "2"

    assert (await log_in(open_browser(server))).status == 429
    provider.who = "1"
    assert (await log_in(open_browser(server))).status == 303


async def test_on_a_shared_computer_the_session_is_as_short_as_with_a_password(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    ada = browser()

    await log_in(ada, shared="on")

    with database.connect() as conn:
        lives = select(sessions.c.expires_at - sessions.c.created_at).where(sessions.c.by_provider)
        assert conn.scalars(lives).one() <= timedelta(hours=12, seconds=1)


async def test_the_way_back_leads_to_no_other_site(alice: Browser, provider: House, browser: Browsers) -> None:
    for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        assert (await log_in(browser(), next=elsewhere)).location == "/"


async def test_who_is_logged_in_already_stays_so(alice: Browser, provider: House) -> None:
    form = await alice.ask("GET", "/settings")

    answer = await alice.ask("POST", START, data={**form.hidden, "next": "/people"})

    assert (answer.status, answer.location, provider.asked) == (303, "/people", [])


@pytest.mark.parametrize(("secret", "way"), [("plain-7", "a header"), ("with: signs/7?", "the form")])
async def test_this_chat_proves_itself_to_the_provider(
    serve: Serve, provider: House, open_browser: Open, secret: str, way: str
) -> None:
    provider.secret = secret
    server = await serve_with(serve, provider, oidc_client_secret=secret)

    assert (await log_in(open_browser(server))).status == 303

    assert provider.proved_by == way


async def test_two_who_are_one_person_get_one_account(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    ways = [(person := browser(), await way_back(await way_there(person))) for _ in range(4)]

    answers = await asyncio.gather(*(arrive(person, back) for person, back in ways))

    assert {answer.location for answer in answers} == {"/"}
    with database.connect() as conn:
        assert [*conn.scalars(select(users.c.login).order_by(users.c.id))] == ["alice", "ada"]
