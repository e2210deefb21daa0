"""A big team's database: every statement on the way to a room finds its rows by an index."""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import DatabaseConfig
from app.chat.keys import HUB
from app.chat.messages.amend import KINDS, LOCK
from app.chat.messages.expiry import MOST_COUNTED, count_older, expired, note_gone
from app.chat.messages.queries import CHANGES_AFTER
from app.db import migrate
from app.db.driver.engine import ENGINE, autocommit, make_engine
from bench import history, team
from bench.support.town import Town
from tests.chat.conftest import member, statements_of
from tests.conftest import Serve, sync_engine, url_of
from tests.support.browsing import Open

MESSAGES = 60_000
SMALL = {"instance", "rooms", "search_heads"}  # reading all of it is cheaper than an index


@pytest.fixture
def scratch(postgres_url: str) -> Iterator[Engine]:
    """A database of its own: what PostgreSQL learns of its size must not steer other tests."""
    server = sync_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(text("CREATE DATABASE parley_big"))
    engine = sync_engine(make_url(postgres_url).set(database="parley_big").render_as_string(hide_password=False))
    migrate.upgrade(address(engine), print)
    yield engine
    with server.connect() as conn:
        conn.execute(text("DROP DATABASE parley_big WITH (FORCE)"))


@pytest.fixture
def big(scratch: Engine) -> Engine:
    with closing(psycopg2.connect(address(scratch))) as connection:
        team.fill(connection, MESSAGES)
        give_files(connection)
        give_blocks(connection)
    with scratch.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))
    return scratch


def give_files(connection: Any) -> None:
    """Every tenth message of the big team carries a file, and the one after it the preview of a link."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            """
            WITH given AS (
                INSERT INTO files (id, owner_id, name, size, received, whole_at)
                SELECT gen_random_uuid(), author_id, room_id || '-' || seq, 0, 0, now() FROM messages WHERE seq % 10 = 0
                RETURNING id, name
            )
            INSERT INTO attachments (room_id, seq, position, file_id)
            SELECT split_part(name, '-', 1)::bigint, split_part(name, '-', 2)::bigint, 1, id FROM given
            """
        )
        cursor.execute(
            """
            INSERT INTO previews (room_id, seq, url, state, title)
            SELECT room_id, seq, 'https://example.org/', 'made', 'Example' FROM messages WHERE seq % 10 = 1
            """
        )


def give_blocks(connection: Any) -> None:
    """Each tenth person has blocked the ten who came after them, and nine of ten have a second factor."""
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO totp (user_id, secret, last_step) SELECT id, '', 0 FROM users WHERE id % 10 > 0")
        cursor.execute(
            """
            INSERT INTO blocks (user_id, blocked_id)
            SELECT one.id, other.id FROM users one JOIN users other ON other.id BETWEEN one.id + 1 AND one.id + 10
            WHERE one.id % 10 = 0
            """
        )


def file_of(big: Engine, login: str) -> str:
    """The id of a new file of somebody's."""
    columns = "(id, owner_id, name, size, whole_at)"
    given = f"INSERT INTO files {columns} SELECT gen_random_uuid(), id, 'a', 0, now() FROM users WHERE login = :login"
    with big.begin() as conn:
        return str(conn.execute(text(f"{given} RETURNING id"), {"login": login}).scalar_one())


def address(engine: Engine) -> str:
    return url_of(engine)


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts(part)


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from the first row to the last."""
    return (part["Relation Name"] for part in parts(plan) if part["Node Type"] == "Seq Scan")


def wasteful(big: Engine, asked: Iterable[tuple[str, Any]]) -> dict[str, set[str]]:
    """The statements that read whole tables, and which."""
    found = {statement: {*scanned(plan)} - SMALL for statement, plan in plans_of(big, asked).items()}
    return {statement: read_whole for statement, read_whole in found.items() if read_whole}


def plans_of(big: Engine, asked: Iterable[tuple[str, Any]]) -> dict[str, dict[str, Any]]:
    """How statements are carried out."""
    found: dict[str, dict[str, Any]] = {}
    with big.connect() as conn:
        for setting in ("random_page_cost = 1.1", "jit = off"):  # as the app's connections have them
            conn.execute(text(f"SET {setting}"))
        for statement, parameters in asked:
            plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            (root,) = plan if isinstance(plan, list) else json.loads(plan)
            found[statement] = root["Plan"]
    return found


async def test_every_statement_on_the_way_to_a_room_uses_an_index(
    big: Engine, serve: Serve, open_browser: Open
) -> None:
    server = await serve(database_url=address(big))
    browser = open_browser(server)
    await browser.sign_up("alice")
    with closing(psycopg2.connect(address(big))) as connection:
        team.join_all(connection, "alice")

    with statements_of(server) as asked:
        alice = await member(browser)
        rooms = {str(room["id"]): room["last_rev"] for room in alice.hello["rooms"]}
        await alice.socket.say(type="resume", epoch=alice.hello["epoch"], rooms=rooms)
        await alice.socket.until("live", room=max(map(int, rooms)))
    assert len(rooms) == team.ROOMS
    assert len(asked) < 12, "of its three hundred rooms a socket asks all at once"

    with statements_of(server) as asked:
        for path in ("/", "/rooms/7", "/rooms/7/100", "/rooms/7/at?day=2026-01-01"):
            assert (await browser.ask("GET", path)).status in (200, 303)
        alice = await member(browser)
        for query in ({}, {"before": 50}, {"after": 50}, {"around": 100}):
            assert (await alice.history(7, **query))["messages"]
        await alice.resume(100, room=7)
        await alice.socket.until("live")
        await alice.socket.posted("hello", room=7)
        await alice.socket.posted("", room=7, files=[file_of(big, "alice")])
        await alice.socket.posted("@alice", room=7, files=[file_of(big, "alice")])
        await alice.socket.say(type="read", room=7, seq=150)
        await alice.socket.say(type="unread", room=7, seq=140)
        await alice.socket.say(type="level", room=7, level="muted")
        await alice.socket.settle()
        await alice.app[HUB].loader.reconcile()

    assert len(asked) > 20
    assert wasteful(big, asked) == {}


async def test_a_page_finds_no_more_messages_than_it_shows_though_another_room_has_many_more(scratch: Engine) -> None:
    """PostgreSQL thinks that hardly any message of the short room is below one of its seqs."""
    with scratch.begin() as conn:
        conn.execute(text("INSERT INTO users (login, display_name, password_hash) VALUES ('alice', 'Alice', '')"))
    town = Town(address(scratch), lambda _: None)
    town.room(history=200_000, members=5_000)
    short = town.room(history=1_000)
    with scratch.begin() as conn:
        conn.execute(text("UPDATE messages SET author_id = 1 + seq % 5000"))
    town.settle()
    engine = make_engine(DatabaseConfig(database_url=address(scratch), _env_file=None))

    async with autocommit(engine).connect() as conn:
        plans = {way: (await history.plan(conn, short, where(600)))[0] for way, where in history.WAYS.items()}
        plans["changes"] = await plan_of_changes(conn, short, 600)
    await engine.dispose()

    found = {
        way: [part["Actual Rows"] for part in parts(plan) if part.get("Relation Name") == "messages"]
        for way, plan in plans.items()
    }
    assert all(found.values())
    assert {way for way, plan in plans.items() if {"users", "messages"} & {*scanned(plan)}} == set()
    assert {way: rows for way, rows in found.items() if max(rows) > history.PAGE} == {}


async def test_a_change_of_a_message_finds_all_that_it_judges_and_writes_by_an_index(big: Engine) -> None:
    with big.begin() as conn:
        made = "SELECT room_id, user_id, gen_random_uuid(), 1 FROM memberships, generate_series(1, 2)"
        conn.execute(text(f"INSERT INTO changes (room_id, user_id, client_id, rev) {made}"))
        spans = "SELECT id, 1, last_seq FROM rooms WHERE last_seq > 0"
        conn.execute(text(f"INSERT INTO imported_spans (room_id, first_seq, last_seq) {spans}"))
        conn.execute(text("ANALYZE changes, imported_spans"))
    asked = {"room": 7, "seq": 100, "user": 1, "id": uuid.uuid4().hex, "text": "new", "emoji": "👍", "on": True}
    limits = {"max_kinds": 20, "max_reactions": 200}
    engine = make_engine(DatabaseConfig(database_url=address(big), _env_file=None))
    wasteful: dict[str, set[str]] = {}
    async with autocommit(engine).connect() as conn:
        for statement in (LOCK, *(kind.statement for kind in KINDS.values())):
            await conn.exec_driver_sql(statement.texts.prepare)
            explained = await history.explained(
                conn, statement.texts.execute, statement.texts.constants | asked | limits
            )
            if read_whole := {*scanned(explained["Plan"])} - SMALL:
                wasteful[statement.whole] = read_whole
    await engine.dispose()
    assert wasteful == {}


async def test_what_is_older_than_a_room_keeps_it_is_found_without_a_look_at_what_went_before(
    big: Engine, serve: Serve
) -> None:
    server = await serve(database_url=address(big))
    with big.begin() as conn:
        conn.execute(text("UPDATE rooms SET retention_days = 30 WHERE id < 100"))
        conn.execute(text("UPDATE messages SET deleted_at = created_at, body = '' WHERE room_id = 7 AND seq < 150"))
        conn.execute(text("ANALYZE messages, rooms"))

    with statements_of(server) as asked:
        async with server.app[ENGINE].begin() as conn_of_app:
            await note_gone(conn_of_app, 7)
            assert len(await expired(conn_of_app, 100)) <= 100
            assert await count_older(conn_of_app, 7, 30) <= MOST_COUNTED

    assert len(asked) == 3
    with big.connect() as conn:
        assert conn.scalar(text("SELECT gone_seq FROM rooms WHERE id = 7")) == 149
    for plan in plans_of(big, asked).values():
        used = {part["Index Name"] for part in parts(plan) if "Index Name" in part}
        assert used - {"rooms_pkey"} == {"messages_pkey"}
        assert "messages" not in scanned(plan)
        assert any("gone_seq" in part.get("Index Cond", part.get("Recheck Cond", "")) for part in parts(plan))


async def plan_of_changes(conn: AsyncConnection, room: int, rev: int) -> dict[str, Any]:
    """How changes are read by a statement that is prepared: one plan for all rooms, revs and limits."""
    await conn.exec_driver_sql(CHANGES_AFTER.texts.prepare)
    asked = {"room": room, "rev": rev, "limit": 50}
    explained = await history.explained(conn, CHANGES_AFTER.texts.execute, CHANGES_AFTER.texts.constants | asked)
    plan: dict[str, Any] = explained["Plan"]
    return plan
