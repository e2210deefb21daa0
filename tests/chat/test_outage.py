"""PostgreSQL goes away while people type: nothing is promised, nothing is lost, everything comes back by itself."""

import asyncio
import signal
from collections.abc import Iterator
from os import kill
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, NullPool, create_engine, make_url, select, text

from app.auth import BCRYPT_COST
from app.config import Config
from app.db import embedded, migrate
from app.db.embedded import Embedded
from app.db.schema import messages
from app.main import make_app
from tests.browsing import Open
from tests.chat.conftest import Member, member


@pytest.fixture
def mortal(world_folder: Path) -> Iterator[tuple[Embedded, Path]]:
    """A PostgreSQL of the test's own, and its folder; durable, since it will be killed."""
    folder = world_folder / "mortal"
    with embedded.running(folder, print) as server:
        yield server, folder


def kill_postgres(folder: Path) -> None:
    """End it as a crash does."""
    number = int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    kill(number, signal.SIGQUIT)
    psutil.wait_procs([psutil.Process(number)], 10) if psutil.pid_exists(number) else None


def bodies(url: str) -> list[str]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    with engine.connect() as conn:
        return [*conn.scalars(select(messages.c.body).order_by(messages.c.seq))]


async def insist(author: Member, body: str, id: str) -> dict[str, Any]:
    """Post again and again, as the page does, until it is acknowledged."""
    while True:
        await author.socket.post(body, id=id)
        answer = await author.socket.next()
        while answer.get("id") != id:
            answer = await author.socket.next()
        if answer["type"] == "ack":
            return answer
        assert answer["code"] == "unavailable"
        await asyncio.sleep(min(answer["retry_after"], 0.2))


async def test_postgres_dies_while_people_type_and_everything_arrives_once(
    mortal: tuple[Embedded, Path], open_browser: Open
) -> None:
    server_of_data, folder = mortal
    migrate.upgrade(server_of_data.url, print)
    config = Config(database_url=server_of_data.url, secret_key="x" * 32, db_pool_timeout_s=0.5, _env_file=None)
    app = make_app(config)
    app[BCRYPT_COST] = 4
    async with TestServer(app) as server:
        people = open_browser(server), open_browser(server)
        for login, one in zip(("alice", "bobby"), people, strict=True):
            await one.sign_up(login)
        alice, bob = [await member(one) for one in people]
        await alice.socket.posted("before")

        await asyncio.to_thread(kill_postgres, folder)
        id = await alice.socket.post("during")
        error = await alice.socket.until("error", id=id)
        assert error["code"] == "unavailable"
        assert error["retry_after"] > 0
        page = await people[0].ask("GET", "/")
        assert (page.status, "Retry-After" in page.headers) == (503, True)
        assert "Traceback" not in page.text
        assert (await people[0].ask("GET", "/healthz")).status == 200
        assert (await people[0].ask("GET", "/readyz")).status == 503

        server_of_data.revive()
        ack = await insist(alice, "during", id)
        assert ack["seq"] == 2
        assert await bob.socket.texts(2) == ["before", "during"]
        assert bodies(server_of_data.url) == ["before", "during"]
        assert (await people[0].ask("GET", "/")).status == 200


async def test_connections_that_are_ended_under_load_lose_and_double_nothing(
    server: TestServer, database: Engine, open_browser: Open
) -> None:
    people = open_browser(server), open_browser(server)
    for login, one in zip(("alice", "bobby"), people, strict=True):
        await one.sign_up(login)
    alice, bob = [await member(one) for one in people]

    ended = 0
    for number in range(200):
        id = await alice.socket.post(f"number {number}")
        if number % 20 == 10:
            with database.begin() as conn:
                statement = text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'parley' AND pid <> pg_backend_pid()"
                )
                ended += len(conn.scalars(statement).all())
        answer = await alice.socket.next()
        while answer.get("id") != id:
            answer = await alice.socket.next()
        if answer["type"] == "error":
            await insist(alice, f"number {number}", id)

    assert ended
    assert await bob.socket.texts(200) == [f"number {number}" for number in range(200)]
    with database.connect() as conn:
        assert [*conn.scalars(select(messages.c.seq).order_by(messages.c.seq))] == list(range(1, 201))
