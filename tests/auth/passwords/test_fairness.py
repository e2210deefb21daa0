"""One who logs in many times at once keeps nobody else waiting, and no connection to the database."""

import asyncio
import threading
import time
from collections.abc import Iterator

import bcrypt
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select
from sqlalchemy.pool import QueuePool

from app.auth import ACCOUNTS
from app.auth.passwords import THREADS, Passwords
from app.db.driver.engine import ENGINE
from app.db.schema import users
from tests.conftest import Serve
from tests.support.browsing import PASSWORD, Answer, Open
from tests.support.load import PATIENCE_S

# Those that are given when the first are over: they come to the gate side by side.
FIRST_TURNS = range(THREADS, 2 * THREADS)


class Gate:
    """Stands before bcrypt: who comes to it is written down and waits until it is open, at least for their thread."""

    def __init__(self) -> None:
        self.passed: list[bytes] = []
        self._threads: list[int] = []
        self._is_open, self._open_for = False, 0
        self._changed = threading.Condition()

    def check(self, given: bytes, stored: bytes) -> bool:
        thread = threading.get_ident()
        with self._changed:
            self._threads.append(thread)
            self.passed.append(stored)
            self._changed.wait_for(lambda: self._is_open or self._open_for == thread)
        return _checkpw(given, stored)

    def open(self) -> None:
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def open_for_who_came_first(self) -> None:
        """Let those pass who come by the thread of the first of all."""
        with self._changed:
            self._open_for = self._threads[0]
            self._changed.notify_all()


_checkpw = bcrypt.checkpw


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(bcrypt, "checkpw", gate.check)
    yield gate
    gate.open()


@pytest.fixture
async def proxied(serve: Serve, open_browser: Open) -> TestServer:
    """Behind a proxy; the first account is made on the machine itself."""
    assert (await open_browser(await serve()).sign_up("first")).status == 303
    return await serve(proxy_hops=1)


class Crowd:
    """People who log in at once, each from an address."""

    def __init__(self, server: TestServer, open_browser: Open, gate: Gate) -> None:
        self._server, self._open, self._gate = server, open_browser, gate
        self.answers: list[asyncio.Task[Answer]] = []

    async def send(self, login: str, address: str) -> None:
        """Send the form of somebody, and wait until it stands before the gate, or in line for it."""
        browser = self._open(self._server, **{"X-Forwarded-For": address})
        form = await browser.ask("GET", "/login")
        log_in = browser.ask("POST", "/login", data={**form.hidden, "login": login, "password": PASSWORD})
        self.answers.append(asyncio.create_task(log_in))
        async with asyncio.timeout(PATIENCE_S):
            while self._server.app[ACCOUNTS].waiting + len(self._gate.passed) < len(self.answers):
                await self.turn_of_everything()

    async def log_in(self, login: str, address: str) -> Answer:
        return await self._open(self._server, **{"X-Forwarded-For": address}).log_in(login)

    async def turn_of_everything(self) -> None:
        await self._open(self._server).ask("GET", "/healthz")

    async def statuses(self) -> list[int]:
        return [answer.status for answer in await asyncio.gather(*self.answers)]


@pytest.fixture
async def crowd(proxied: TestServer, open_browser: Open, gate: Gate) -> Crowd:
    for login in ("alice", "bobby"):
        await open_browser(proxied, **{"X-Forwarded-For": "203.0.113.1"}).sign_up(login)
    accounts = proxied.app[ACCOUNTS]
    for turns in (accounts._looks, accounts._for_known.turns, accounts._for_strangers.turns):
        turns._turn_s = 1_000_000.0  # what is owed does not go by while a slow machine sends forms
    return Crowd(proxied, open_browser, gate)


def place_of(login: str, gate: Gate, database: Engine) -> int:
    """When a log-in to this account came to the gate: 0 for the first of all."""
    with database.connect() as conn:
        stored = conn.scalar(select(users.c.password_hash).where(users.c.login == login))
    return gate.passed.index(str(stored).removeprefix("v1:").encode())


async def no_connection_is_held(crowd: Crowd, server: TestServer) -> None:
    """Return when none is in use: what runs beside has one for a moment, who waits with one would keep it."""
    pool = server.app[ENGINE].sync_engine.pool
    assert isinstance(pool, QueuePool)
    async with asyncio.timeout(PATIENCE_S):
        while pool.checkedout():
            await crowd.turn_of_everything()


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["192.0.2.1"] * 20, id="twenty-from-one-address"),
        pytest.param([f"192.0.2.{i}" for i in range(40)], id="forty-from-as-many-addresses"),
    ],
)
async def test_many_log_ins_to_one_account_let_another_person_go_first(
    crowd: Crowd, gate: Gate, proxied: TestServer, database: Engine, addresses: list[str]
) -> None:
    for address in addresses:
        await crowd.send("bobby", address)
    await crowd.send("alice", "198.51.100.1")

    await no_connection_is_held(crowd, proxied)

    gate.open()
    assert await crowd.statuses() == [303] * (len(addresses) + 1)
    assert place_of("alice", gate, database) in FIRST_TURNS


async def test_whoever_comes_from_where_they_were_before_waits_for_no_stranger(
    crowd: Crowd, gate: Gate, database: Engine
) -> None:
    for i in range(20):
        await crowd.send("bobby", f"192.0.2.{i}")
    await crowd.send("alice", "203.0.113.1")

    assert place_of("alice", gate, database) == THREADS  # beside the strangers who came first
    gate.open()
    assert await crowd.statuses() == [303] * 21


async def test_whoever_comes_from_where_they_were_before_goes_by_strangers_who_wait_to_be_looked_up(
    crowd: Crowd, gate: Gate, proxied: TestServer
) -> None:
    gate.open()
    async with proxied.app[ACCOUNTS]._looks.turn("somebody who takes long"):
        stranger = asyncio.create_task(crowd.log_in("bobby", "192.0.2.1"))

        assert (await crowd.log_in("alice", "203.0.113.1")).status == 303
        assert not stranger.done()

    assert (await stranger).status == 303


async def test_who_is_known_goes_before_strangers_once_in_ten_minutes(
    proxied: TestServer, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = open_browser(proxied, **{"X-Forwarded-For": "203.0.113.1"})
    await alice.sign_up("alice")
    known, at = proxied.app[ACCOUNTS]._for_known, time.monotonic()
    hashed: list[str] = []
    verify = Passwords.verify
    monkeypatch.setattr(
        *(Passwords, "verify"),
        lambda self, *given: hashed.append("known" if self is known else "stranger") or verify(self, *given),
    )

    for minute in (0, 9, 21):
        known.turns._now = lambda minute=minute: at + minute * 60  # type: ignore[misc]
        await open_browser(proxied, **{"X-Forwarded-For": "203.0.113.1"}).log_in("alice")

    assert hashed == ["known", "stranger", "known"]


async def test_whoever_logs_in_again_and_again_waits_among_strangers(
    crowd: Crowd, gate: Gate, database: Engine
) -> None:
    for _ in range(20):
        await crowd.send("bobby", "203.0.113.1")
    await crowd.send("alice", "203.0.113.1")

    gate.open_for_who_came_first()
    assert (await crowd.answers[-1]).status == 303
    assert place_of("alice", gate, database) == 2 * THREADS  # the next of the known: the strangers stand as they did

    gate.open()
    assert await crowd.statuses() == [303] * 21


async def test_fifty_who_sign_up_at_once_from_one_address_all_get_in(proxied: TestServer, open_browser: Open) -> None:
    people = [open_browser(proxied, **{"X-Forwarded-For": "192.0.2.1"}) for _ in range(50)]
    forms = [await each.ask("GET", "/signin") for each in people]
    passwords = {"password": PASSWORD, "password2": PASSWORD}
    together = (
        each.ask("POST", "/signin", data={**form.hidden, "login": f"person{i}", **passwords})
        for i, (each, form) in enumerate(zip(people, forms, strict=True))
    )

    answers = await asyncio.gather(*together)

    assert [answer.status for answer in answers] == [303] * 50
    assert [(await each.ask("GET", "/")).status for each in people] == [200] * 50
