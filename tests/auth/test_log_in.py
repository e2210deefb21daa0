"""Logging in and out, through the forms."""

import re
from datetime import timedelta
from html import unescape

import bcrypt
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, delete, event, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth import ACCOUNTS
from app.auth.queries import create_user, credentials_of
from app.db.driver.engine import ENGINE
from app.db.schema import sessions, users
from tests.auth.emails import verify
from tests.support.browsing import PASSWORD, Browser, Browsers
from tests.support.loops import is_in_loop

WRONG = "wrong horse 9"


async def test_login_opens_what_is_behind_it(alice: Browser, browser: Browsers) -> None:
    again = browser()

    answer = await again.log_in("alice")

    assert (answer.status, answer.location) == (303, "/")
    assert (await again.ask("GET", "/login")).status == 303


@pytest.mark.parametrize("typed", ["alice", " ALICE ", "ａｌｉｃｅ", "alice@example.org", "Alice@Example.ORG "])
async def test_login_and_email_are_taken_in_any_spelling(typed: str, browser: Browsers) -> None:
    await browser().sign_up("alice", email="alice@example.org")

    assert (await browser().log_in(typed)).status == 303


async def test_an_email_of_two_accounts_logs_in_neither_before_it_is_verified(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    await browser().sign_up("bobby", email="carol@example.org")
    assert (await browser().log_in("carol@example.org")).status == 303
    await browser().sign_up("carol", "the password of carol", email="carol@example.org")

    for password in (PASSWORD, "the password of carol"):
        assert (await browser().log_in("carol@example.org", password)).status == 422
    assert (await browser().log_in("carol", "the password of carol")).status == 303


async def test_a_verified_email_logs_in_its_owner_whoever_else_typed_it(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    for login, password in (("bobby", PASSWORD), ("carol", "the password of carol"), ("dave", PASSWORD)):
        await browser().sign_up(login, password, email="carol@example.org")
    verify(database, "carol")

    assert (await browser().log_in("carol@example.org", "the password of carol")).status == 303
    assert (await browser().log_in("carol@example.org", PASSWORD)).status == 422


@pytest.mark.parametrize(
    "typed", ["alice", "nobody", "nobody@example.org", "no\0body", "x" * 3000, "<b>", "' OR 1=1 --"]
)
async def test_wrong_password_and_unknown_login_get_one_answer(typed: str, alice: Browser, browser: Browsers) -> None:
    stranger = browser()

    answer = await stranger.log_in(typed, WRONG)

    assert answer.status == 422
    assert answer.reason_at("password") == "This login and password do not belong together. Check both and try again."
    assert answer.input("login")["value"] == typed
    assert "value" not in answer.input("password")
    assert "autofocus" in answer.input("password")
    assert (await stranger.ask("GET", "/")).location == "/login?next=/"


async def test_wrong_password_and_unknown_login_cost_the_same_work(
    alice: Browser, browser: Browsers, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    checkpw = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda given, stored: work.append("bcrypt") or checkpw(given, stored))
    engine = server.app[ENGINE].sync_engine

    async def work_of(login: str) -> list[str]:
        stranger = browser()
        hidden = (await stranger.ask("GET", "/login")).hidden
        work.clear()
        event.listen(engine, "before_cursor_execute", note)
        await stranger.ask("POST", "/login", data={**hidden, "login": login, "password": WRONG})
        event.remove(engine, "before_cursor_execute", note)
        return [*work]

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if not is_in_loop():
            work.append(statement)

    known, unknown = await work_of("alice"), await work_of("nobody")

    assert known == unknown
    assert (known.count("bcrypt"), len(known) > 5) == (1, True)


@pytest.mark.usefixtures("database")
async def test_whose_login_or_e_mail_it_is_is_looked_up_for_many_at_once(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await create_user(conn, "alice", "Alice", "one@a.example", "hash", "member")
        for login in ("bobby", "david", "carol"):
            await create_user(conn, login, login, "two@a.example", "hash", "member")
        asked = ["alice", "one@a.example", "bobby", "two@a.example", "nobody"]

        found = await credentials_of(conn, asked, timedelta(days=1))
        logins = {key: row.login for key, row in found.items()}
        assert logins == {"alice": "alice", "one@a.example": "alice", "bobby": "bobby"}

        await conn.execute(update(users).where(users.c.login == "carol").values(email_verified_at=func.now()))
        found = await credentials_of(conn, asked, timedelta(days=1))
        assert found["two@a.example"].login == "carol"


@pytest.mark.parametrize("fields", [{}, {"login": "alice"}, {"password": WRONG}, {"login": "  ", "password": ""}])
async def test_empty_fields_are_told_beside_them(fields: dict[str, str], browser: Browsers) -> None:
    answer = await browser().submit("/login", **fields)

    assert answer.status == 422
    for name in ("login", "password"):
        assert ("aria-invalid" in answer.input(name)) == (not fields.get(name, "").strip())


async def test_stranger_comes_back_to_where_they_wanted(alice: Browser, browser: Browsers) -> None:
    stranger = browser()
    form = (await stranger.ask("GET", "/?room=1&x=%20y")).location

    answer = await stranger.submit(form, login="alice", password=PASSWORD)

    assert form == "/login?next=/%3Froom%3D1%26x%3D%2520y"
    assert (answer.status, answer.location) == (303, "/?room=1&x=%20y")


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("{origin}/people/bobby?room=1", "/people/bobby%3Froom%3D1"),
        ("{origin}", "/"),
        ("{origin}//evil.example/settings", "/"),
        ("{origin}.evil.example/settings", "/"),
        ("https://evil.example/settings", "/"),
        ("", "/"),
    ],
)
async def test_form_of_an_ended_session_leads_back_to_its_page(
    page: str, wanted: str, alice: Browser, browser: Browsers, server: TestServer, database: Engine
) -> None:
    await browser().sign_up("bobby")
    hidden = (await alice.ask("GET", "/settings")).hidden
    with database.begin() as conn:
        conn.execute(delete(sessions))

    headers = {"Referer": page.format(origin=str(server.make_url("/")).rstrip("/"))}
    answer = await alice.ask("POST", "/people/bobby/message", data=hidden, headers=headers)

    assert (answer.status, answer.location) == (303, f"/login?next={wanted}")


@pytest.mark.parametrize(
    "path", ["/rooms/1/57", "/people/alice?room=1", "/settings/chat", "/rooms/1/at?day=2026-01-31"]
)
async def test_whoever_signs_up_comes_to_the_page_that_they_wanted(path: str, browser: Browsers) -> None:
    stranger = browser()
    log_in = await stranger.ask("GET", (await stranger.ask("GET", path)).location)
    [onward] = re.findall(r'href="(/signin[^"]*)"', log_in.text)

    answer = await stranger.submit(unescape(onward), login="bobby", password=PASSWORD, password2=PASSWORD)

    assert (answer.status, answer.location) == (303, path)


async def test_wanted_page_survives_a_mistake_and_a_change_of_form(alice: Browser, browser: Browsers) -> None:
    stranger = browser()

    page = await stranger.submit("/login?next=/rooms/1", login="alice", password=WRONG)

    assert page.hidden["next"] == "/rooms/1"
    assert 'href="/signin?next=%2Frooms%2F1"' in page.text


@pytest.mark.parametrize("path", ["/login", "/signin"])
async def test_logged_in_people_do_not_see_the_forms(path: str, alice: Browser) -> None:
    answer = await alice.ask("GET", path)

    assert (answer.status, answer.location) == (303, "/")


async def test_disabled_account_is_told_only_to_who_knows_the_password(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    with database.begin() as conn:
        conn.execute(update(users).values(disabled_at=users.c.created_at))

    assert (await browser().log_in("alice", WRONG)).status == 422
    answer = await browser().log_in("alice")

    assert answer.status == 403
    assert "switched off" in answer.text


async def test_sign_out_ends_the_session_on_the_server(alice: Browser, browser: Browsers, database: Engine) -> None:
    thief = browser()
    thief.steal(alice.cookie())

    answer = await alice.sign_out()

    assert (answer.status, answer.location) == (303, "/login")
    assert alice.cookie() is None
    assert (await thief.ask("GET", "/")).location == "/login?next=/"
    with database.connect() as conn:
        assert conn.execute(select(sessions.c.id)).all() == []


async def test_sign_out_by_get_only_asks(alice: Browser) -> None:
    page = await alice.ask("GET", "/signout")

    assert page.status == 200
    assert page.hidden["csrf_token"]
    assert (await alice.ask("GET", "/login")).status == 303


async def test_sign_out_of_a_stranger_is_harmless(browser: Browsers) -> None:
    stranger = browser()
    hidden = (await stranger.ask("GET", "/login")).hidden

    answer = await stranger.ask("POST", "/signout", data=hidden)

    assert (answer.status, answer.location) == (303, "/login")


async def test_login_gives_a_new_session_and_ends_the_old(
    alice: Browser, server: TestServer, monkeypatch: pytest.MonkeyPatch, database: Engine
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(server.app[ACCOUNTS], "_ended", ended.append)
    before, hidden = alice.cookie(), (await alice.ask("GET", "/signout")).hidden

    await alice.ask("POST", "/login", data={**hidden, "login": "alice", "password": PASSWORD})

    assert alice.cookie() != before
    assert ended == [1]
    with database.connect() as conn:
        assert conn.execute(select(sessions.c.id)).scalars().all() == [2]
    assert (await alice.ask("POST", "/signout", data=hidden)).status == 403
