"""Sessions: rows that live, idle, expire and end."""

import hashlib
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, Row, event, func, select, update

from app.auth import ACCOUNTS
from app.auth.service import Accounts
from app.auth.sessions import User, Visitor
from app.base.errors import WrongPassword
from app.db.driver.engine import ENGINE
from app.db.schema import sessions, users
from tests.conftest import Serve
from tests.support.browsing import PASSWORD, Browser, Browsers, Open


@pytest.fixture
def accounts(server: TestServer) -> Accounts:
    return server.app[ACCOUNTS]


@pytest.fixture
async def token(alice: Browser, accounts: Accounts) -> str:
    """A second session of alice's; the first is her browser's."""
    return await log_in(accounts, "a test")


async def log_in(accounts: Accounts, user_agent: str) -> str:
    visitor = Visitor("192.0.2.1", user_agent)
    return await accounts.enter(await accounts.prove("alice", PASSWORD, visitor), visitor)


def change(database: Engine, **values: object) -> None:
    with database.begin() as conn:
        conn.execute(update(sessions).values(**values))


def rows(database: Engine) -> list[Row]:
    with database.connect() as conn:
        return list(conn.execute(select(sessions).order_by(sessions.c.id)))


async def test_token_names_its_session_and_user(token: str, accounts: Accounts) -> None:
    session = await accounts.session(token)

    assert session is not None
    assert (session.id, session.user) == (2, User(1, "alice", "alice", "admin"))


@pytest.mark.parametrize("token", ["", "x", "\0", "é", "A" * 10_000])
async def test_other_tokens_name_nobody(token: str, alice: Browser, accounts: Accounts) -> None:
    assert await accounts.session(token) is None


async def test_token_is_256_random_bits_and_only_its_hash_is_stored(token: str, database: Engine) -> None:
    row = rows(database)[1]

    assert len(token) == 43
    assert row.token_hash == hashlib.sha256(token.encode()).digest()
    assert token not in str(row)
    assert (row.address, row.user_agent) == ("192.0.2.1", "a test")


async def test_session_ends_after_its_days(token: str, accounts: Accounts, database: Engine) -> None:
    lifetime = rows(database)[1].expires_at - rows(database)[1].created_at
    assert abs(lifetime - timedelta(days=30)) < timedelta(seconds=1)

    change(database, expires_at=func.clock_timestamp())

    assert await accounts.session(token) is None


async def test_session_ends_when_nobody_comes(token: str, accounts: Accounts, database: Engine) -> None:
    change(database, seen_at=func.clock_timestamp() - timedelta(days=6, hours=23))
    assert await accounts.session(token) is not None

    change(database, seen_at=func.clock_timestamp() - timedelta(days=7))

    assert await accounts.session(token) is None


async def test_lengths_of_sessions_are_settings(serve: Serve, open_browser: Open, database: Engine) -> None:
    server = await serve(session_days=2, session_idle_days=1)
    browser = open_browser(server)
    await browser.sign_up("alice")
    assert rows(database)[0].expires_at - rows(database)[0].created_at < timedelta(days=2, seconds=1)

    change(database, seen_at=func.clock_timestamp() - timedelta(days=1))

    assert (await browser.ask("GET", "/")).location == "/login?next=/"


async def test_visit_is_noted_at_most_every_five_minutes(token: str, accounts: Accounts, database: Engine) -> None:
    before = rows(database)[1].seen_at
    await accounts.session(token)
    assert rows(database)[1].seen_at == before

    change(database, seen_at=func.clock_timestamp() - timedelta(minutes=6))
    await accounts.session(token)

    assert rows(database)[1].seen_at > before
    assert rows(database)[0].seen_at < before


async def test_session_costs_one_statement(token: str, accounts: Accounts, server: TestServer) -> None:
    statements: list[str] = []
    engine = server.app[ENGINE].sync_engine

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if "sessions" in statement:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    await accounts.session(token)
    event.remove(engine, "before_cursor_execute", note)

    assert len(statements) == 1


async def test_disabled_user_is_out_at_once(alice: Browser, accounts: Accounts, token: str, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(update(users).values(disabled_at=func.now()))

    assert await accounts.session(token) is None
    assert await accounts.living([1, 2]) == set()
    assert (await alice.ask("GET", "/")).location == "/login?next=/"


async def test_revoked_user_is_out_everywhere_and_others_are_not(
    alice: Browser, browser: Browsers, accounts: Accounts, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = browser()
    await bob.sign_up("bob")
    ended: list[int] = []
    monkeypatch.setattr(accounts, "_ended", ended.append)

    await accounts.end_sessions(1)

    assert sorted(ended) == [1, 2]
    assert await accounts.session(token) is None
    assert (await alice.ask("GET", "/")).location == "/login?next=/"
    assert (await bob.ask("GET", "/login")).location == "/"


async def test_signed_out_session_is_told_once(accounts: Accounts, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(accounts, "_ended", ended.append)

    await accounts.sign_out(token)
    await accounts.sign_out(token)

    assert ended == [2]


async def test_living_sessions_are_told_from_dead_ones_and_count_as_seen(
    token: str, accounts: Accounts, database: Engine
) -> None:
    change(database, seen_at=func.clock_timestamp() - timedelta(minutes=6))

    assert await accounts.living([1, 2, 99]) == {1, 2}
    assert await accounts.living([]) == set()
    assert all(row.seen_at > func_now(database) - timedelta(minutes=1) for row in rows(database))
    await accounts.sign_out(token)
    assert await accounts.living([1, 2]) == {1}


async def test_dead_sessions_are_deleted_at_the_next_login(
    alice: Browser, accounts: Accounts, database: Engine
) -> None:
    change(database, expires_at=func.clock_timestamp())

    await log_in(accounts, "")

    assert [row.id for row in rows(database)] == [2]


async def test_a_password_that_is_changed_before_its_owner_enters_is_refused(
    alice: Browser, accounts: Accounts, database: Engine
) -> None:
    visitor = Visitor("192.0.2.1", "")
    proven = await accounts.prove("alice", PASSWORD, visitor)
    with database.begin() as conn:
        conn.execute(update(users).values(password_hash="v1:another"))

    with pytest.raises(WrongPassword):
        await accounts.enter(proven, visitor)
    assert [row.id for row in rows(database)] == [1]


async def test_strange_user_agent_is_stored_as_text(alice: Browser, accounts: Accounts, database: Engine) -> None:
    await log_in(accounts, "\udcff" + "x" * 1000)

    assert rows(database)[1].user_agent == "?" + "x" * 255


def func_now(database: Engine) -> object:
    with database.connect() as conn:
        return conn.execute(select(func.clock_timestamp())).scalar_one()
