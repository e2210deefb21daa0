"""PostgreSQL goes away while people type: nothing is promised, nothing is lost, everything comes back by itself."""

import asyncio
import json

import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from sqlalchemy import Engine, make_url, select, text

from app.base.config import DatabaseConfig
from app.db.driver.causes import READ_ONLY, SENTENCES
from app.db.driver.engine import DATABASE_GONE, autocommit, make_engine
from app.db.schema import messages
from tests.chat.conftest import Join, member
from tests.chat.mortal import Mortal, insist, refused, socket_of
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.processes import crash_postgres
from tests.support.proxy import Proxy


async def test_postgres_dies_while_people_type_and_everything_arrives_once(
    mortal: Mortal, serve: Serve, join: Join
) -> None:
    server = await serve(database_url=mortal.url, db_pool_timeout_s=0.5)
    alice, bob = await join("alice", at=server), await join("bobby", at=server)
    await alice.socket.posted("before")

    await asyncio.to_thread(crash_postgres, mortal.folder)
    id = await alice.socket.post("during")
    await refused(alice.socket, id)
    page = await alice.browser.ask("GET", "/")
    assert (page.status, "Retry-After" in page.headers) == (503, True)
    assert "Traceback" not in page.text
    assert (await alice.browser.ask("GET", "/healthz")).status == 200
    assert (await alice.browser.ask("GET", "/readyz")).status == 503

    mortal.revive()
    ack = await insist(alice.socket, "during", id)
    assert ack["seq"] == 2
    assert await bob.socket.texts(2) == ["before", "during"]
    assert mortal.bodies() == ["before", "during"]
    assert (await alice.browser.ask("GET", "/")).status == 200


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
            await insist(alice.socket, f"number {number}", id)

    assert ended
    assert await bob.socket.texts(200) == [f"number {number}" for number in range(200)]
    with database.connect() as conn:
        assert [*conn.scalars(select(messages.c.seq).order_by(messages.c.seq))] == list(range(1, 201))


async def test_a_database_that_is_read_only_is_read_and_heals_by_itself(
    mortal: Mortal, serve: Serve, join: Join, open_browser: Open
) -> None:
    server = await serve(database_url=mortal.url)
    alice, bob = await join("alice", at=server), await join("bobby", at=server)
    await alice.socket.posted("before")
    stranger = open_browser(server)
    with mortal.engine.connect() as conn:
        conn.execute(text("UPDATE sessions SET seen_at = seen_at - interval '1 hour'"))  # a visit that wants noting

    mortal.set("default_transaction_read_only", "on")
    id = await alice.socket.post("during")
    assert (await refused(alice.socket, id))["message"] == SENTENCES[READ_ONLY]
    assert "before" in (await alice.browser.ask("GET", "/")).text
    assert [message["text"] for message in (await alice.history())["messages"]] == ["before"]
    ready = await alice.browser.ask("GET", "/readyz")
    assert (ready.status, json.loads(ready.text)["database"]) == (503, SENTENCES[READ_ONLY])
    for answer in (await stranger.log_in("alice"), await stranger.sign_up("carol")):
        assert (answer.status, "Retry-After" in answer.headers) == (503, True)
        assert answer.input("login")["value"] in ("alice", "carol")
        assert SENTENCES[READ_ONLY] in answer.text

    mortal.set("default_transaction_read_only", "off")
    assert (await insist(alice.socket, "during", id))["seq"] == 2
    assert await bob.socket.texts(2) == ["before", "during"]
    assert (await stranger.log_in("alice")).status == 303
    assert (await alice.browser.ask("GET", "/readyz")).status == 200


async def test_a_server_without_a_free_connection_promises_nothing_and_heals_by_itself(
    mortal: Mortal, serve: Serve, join: Join
) -> None:
    server = await serve(database_url=mortal.url)
    alice = await join("alice", at=server)
    await alice.socket.posted("before")

    with mortal.without_connections():
        id = await alice.socket.post("during")
        await refused(alice.socket, id)
        page = await alice.browser.ask("GET", "/")
        assert (page.status, "Retry-After" in page.headers) == (503, True)

    assert (await insist(alice.socket, "during", id))["seq"] == 2
    assert mortal.bodies() == ["before", "during"]


async def test_a_primary_that_is_one_no_more_is_left_for_the_one_that_is(mortal: Mortal, postgres_url: str) -> None:
    """As after a failover, with both in the address: connections stay up, and every write on them fails."""
    where = text("SELECT current_setting('data_directory')")
    write = text("CREATE TABLE IF NOT EXISTS written ()")
    async with Proxy(socket_of(mortal.url)) as first, Proxy(socket_of(postgres_url)) as second:
        hosts = {"host": "127.0.0.1,127.0.0.1", "port": f"{first.port},{second.port}", "sslmode": "disable"}
        url = make_url(mortal.url).set(query={**hosts, "target_session_attrs": "read-write"})
        config = DatabaseConfig(_env_file=None, database_url=SecretStr(url.render_as_string()))
        engine = autocommit(make_engine(config))
        async with engine.connect() as conn:
            before = (await conn.execute(where)).scalar_one()

        mortal.set("default_transaction_read_only", "on")
        async with engine.connect() as conn:
            with pytest.raises(DATABASE_GONE, match="read-only"):
                await conn.execute(write)
        async with engine.connect() as conn:
            await conn.execute(write)
            after = (await conn.execute(where)).scalar_one()
        await engine.dispose()

    assert before != after
