"""Ten wrong passwords for an account, thirty from an address, in fifteen minutes."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, insert, select, update

from app.auth.throttle import account_of, network_of
from app.db.schema import login_failures
from tests.conftest import Serve
from tests.support.browsing import PASSWORD, Answer, Browser, Browsers, Open

WRONG = "wrong horse 9"


@pytest.fixture
async def stranger(browser: Browsers) -> Browser:
    await browser().sign_up("alice", email="alice@example.org")
    return browser()


async def statuses(stranger: Browser, *logins: str, password: str = WRONG) -> list[int]:
    return [(await stranger.log_in(login, password)).status for login in logins]


def wait(database: Engine, minutes: float) -> None:
    """Let that time pass, for the failures."""
    earlier = login_failures.c.created_at - timedelta(minutes=minutes)
    with database.begin() as conn:
        conn.execute(update(login_failures).values(created_at=earlier))


def failures(database: Engine) -> int:
    with database.connect() as conn:
        return conn.execute(select(func.count()).where(login_failures.c.account.not_like("sign-up:%"))).scalar_one()


async def test_the_eleventh_wrong_password_is_not_tried(stranger: Browser) -> None:
    assert await statuses(stranger, *["alice"] * 10) == [422] * 10

    answer = await stranger.log_in("alice", PASSWORD)

    assert answer.status == 429
    assert 14 * 60 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "Try again in 15 minutes." in answer.text
    assert answer.input("login")["value"] == "alice"


@pytest.mark.parametrize("login", ["nobody", "nobody@example.org", "no\0body"])
async def test_unknown_login_is_throttled_in_the_same_way(login: str, stranger: Browser) -> None:
    assert await statuses(stranger, *[login] * 11) == [422] * 10 + [429]


async def test_login_and_email_are_one_account(stranger: Browser) -> None:
    turns = ["alice", "alice@example.org", "ALICE", "Alice@Example.org"] * 2 + ["alice", "alice@example.org"]

    assert await statuses(stranger, *turns, "alice", "alice@example.org") == [422] * 10 + [429] * 2


async def test_other_accounts_are_not_hindered(stranger: Browser, browser: Browsers) -> None:
    await browser().sign_up("bob")
    await statuses(stranger, *["alice"] * 10)

    assert await statuses(browser(), "bob", password=PASSWORD) == [303]


async def test_success_forgets_the_failures_of_its_account_only(stranger: Browser, browser: Browsers) -> None:
    await browser().sign_up("bob")
    await statuses(stranger, *["alice"] * 9, *["bob"] * 9)

    assert await statuses(browser(), "alice", password=PASSWORD) == [303]

    assert await statuses(stranger, *["alice"] * 11) == [422] * 10 + [429]
    assert await statuses(stranger, *["bob"] * 2) == [422, 429]


async def test_tries_come_back_after_fifteen_minutes(stranger: Browser, database: Engine) -> None:
    await statuses(stranger, *["alice"] * 10)
    wait(database, minutes=14.9)
    answer = await stranger.log_in("alice", PASSWORD)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) <= 7

    wait(database, minutes=0.2)

    assert await statuses(stranger, "alice", password=PASSWORD) == [303]


async def test_fifty_wrong_passwords_at_once_get_ten_tries(
    stranger: Browser, serve: Serve, open_browser: Open, database: Engine
) -> None:
    server = await serve(db_pool_timeout_s=60)  # on a slow machine the answer would be "try again", which is no try
    people = [open_browser(server) for _ in range(50)]
    forms = await asyncio.gather(*(person.ask("GET", "/login") for person in people))

    async def guess(person: Browser, form: Answer) -> int:
        return (await person.ask("POST", "/login", data={**form.hidden, "login": "alice", "password": WRONG})).status

    answers = Counter(await asyncio.gather(*map(guess, people, forms)))

    assert answers == {422: 10, 429: 40}
    assert failures(database) == 10


async def test_thirty_wrong_passwords_from_an_address_are_enough(
    serve: Serve, open_browser: Open, stranger: Browser, database: Engine
) -> None:
    server = await serve(proxy_hops=1)
    here, there = (
        open_browser(server, **{"X-Forwarded-For": "192.0.2.1"}),
        open_browser(server, **{"X-Forwarded-For": "192.0.2.2"}),
    )

    assert await statuses(here, *(f"nobody{i}" for i in range(31))) == [422] * 30 + [429]
    assert await statuses(here, "alice", password=PASSWORD) == [429]
    assert await statuses(there, "alice", password=PASSWORD) == [303]


async def test_forged_address_does_not_help_without_a_proxy(browser: Browsers) -> None:
    stranger = browser()

    async def guess(i: int) -> int:
        forged = {"X-Forwarded-For": f"192.0.2.{i}", "Forwarded": f"for=192.0.2.{i}", "X-Real-IP": f"192.0.2.{i}"}
        answer = await stranger.submit("/login", login=f"nobody{i}", password=WRONG, headers=forged)
        return answer.status

    assert [await guess(i) for i in range(31)] == [422] * 30 + [429]


async def test_failures_that_nobody_counts_are_deleted(stranger: Browser, database: Engine) -> None:
    await statuses(stranger, *["alice"] * 5)
    wait(database, minutes=61)

    await statuses(stranger, "alice")

    assert failures(database) == 1


async def test_sign_ups_do_not_count_as_wrong_passwords(browser: Browsers, database: Engine) -> None:
    with database.begin() as conn:
        rows = [{"account": "sign-up:127.0.0.1", "address": ""} for _ in range(40)]
        conn.execute(insert(login_failures), rows)

    assert await statuses(browser(), "nobody") == [422]


def test_what_was_typed_for_an_unknown_login_is_not_kept() -> None:
    assert account_of(3, "anything") == "user:3"
    assert account_of(None, "hunter2hunter2").startswith("name:")
    assert "hunter2" not in account_of(None, "hunter2hunter2")


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"), ("unknown", "unknown")],
)
def test_ipv6_addresses_of_one_household_count_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
