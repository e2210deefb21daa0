"""A big team's database: every statement on the way to a room finds its rows by an index."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event, make_url, text

from app.db import migrate
from app.db.engine import ENGINE
from tests.browsing import Open
from tests.chat.conftest import member
from tests.conftest import Serve, sync_engine

ROOMS, PEOPLE, ROOMS_OF_EACH, MESSAGES = 300, 2_000, 30, 60_000
SMALL = {"instance", "rooms"}  # reading all of it is cheaper than an index

FILL = """
INSERT INTO users (login, display_name, password_hash)
SELECT 'member' || n, 'Member ' || n, '' FROM generate_series(1, :people) n;
INSERT INTO sessions (token_hash, user_id, expires_at)
SELECT sha256(id::text::bytea), id, now() + interval '1 day' FROM users;
INSERT INTO rooms (name, last_seq, last_rev)
SELECT 'Room ' || n, :messages / :rooms, :messages / :rooms FROM generate_series(2, :rooms) n;
INSERT INTO memberships (room_id, user_id)
SELECT DISTINCT 2 + (users.id * 7 + n * 11) % (:rooms - 1), users.id FROM users, generate_series(1, :each) n;
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
SELECT room, seq, seq, 1 + (room + seq) % :people, gen_random_uuid(), 'message ' || seq
FROM generate_series(2, :rooms) room, generate_series(1, :messages / :rooms) seq;
INSERT INTO mentions (room_id, seq, user_id) SELECT room_id, seq, author_id FROM messages;
INSERT INTO reactions (room_id, seq, emoji, user_id) SELECT room_id, seq, '👍', author_id FROM messages;
"""


@pytest.fixture
def big(postgres_url: str) -> Iterator[Engine]:
    """A database of its own: what PostgreSQL learns of its size must not steer other tests."""
    scratch = sync_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with scratch.connect() as conn:
        conn.execute(text("CREATE DATABASE parley_big"))
    engine = sync_engine(make_url(postgres_url).set(database="parley_big").render_as_string(hide_password=False))
    migrate.upgrade(engine.url.set(drivername="postgresql").render_as_string(hide_password=False), print)
    counts = {"rooms": ROOMS, "people": PEOPLE, "each": ROOMS_OF_EACH, "messages": MESSAGES}
    with engine.begin() as conn:
        for statement in FILL.strip().split(";\n"):
            conn.execute(text(statement.rstrip(";")), counts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))
    yield engine
    with scratch.connect() as conn:
        conn.execute(text("DROP DATABASE parley_big WITH (FORCE)"))


@contextmanager
def statements_of(server: TestServer) -> Iterator[list[tuple[str, Any]]]:
    """What the app asks its database for meanwhile."""
    asked: list[tuple[str, Any]] = []
    engine = server.app[ENGINE].sync_engine

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from the first row to the last."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scanned(part)


async def test_every_statement_on_the_way_to_a_room_uses_an_index(
    big: Engine, serve: Serve, open_browser: Open
) -> None:
    server = await serve(database_url=big.url.set(drivername="postgresql").render_as_string(hide_password=False))
    browser = open_browser(server)
    await browser.sign_up("alice")
    with big.begin() as conn:
        joined = "INSERT INTO memberships (room_id, user_id) SELECT id, (SELECT max(id) FROM users) FROM rooms"
        conn.execute(text(f"{joined} ON CONFLICT DO NOTHING"))

    with statements_of(server) as asked:
        await member(browser)
    assert len(asked) < 10, "of its three hundred rooms a socket asks all at once"

    with statements_of(server) as asked:
        for path in ("/", "/rooms/7", "/rooms/7/100", "/rooms/7/at?day=2026-01-01"):
            assert (await browser.ask("GET", path)).status in (200, 303)
        alice = await member(browser)
        for query in ({}, {"before": 50}, {"after": 50}, {"around": 100}):
            assert (await alice.history(7, **query))["messages"]
        await alice.resume(100, room=7)
        await alice.socket.until("live")
        await alice.socket.posted("hello", room=7)
        await alice.socket.say(type="read", room=7, seq=150)
        await alice.socket.say(type="unread", room=7, seq=140)
        await alice.socket.settle()
        await alice.chat.hub.reconcile()

    assert len(asked) > 20
    wasteful: dict[str, set[str]] = {}
    with big.connect() as conn:
        for setting in ("random_page_cost = 1.1", "jit = off"):  # as the app's connections have them
            conn.execute(text(f"SET {setting}"))
        for statement, parameters in asked:
            plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            (root,) = plan if isinstance(plan, list) else json.loads(plan)
            if read_whole := {*scanned(root["Plan"])} - SMALL:
                wasteful[statement] = read_whole
    assert wasteful == {}
