"""A chat from before there was a search: what is there is filled in, the newest first, while people write."""

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from alembic import command
from sqlalchemy import Engine, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.messages.amend import amend
from app.chat.messages.append import NewMessage, append_messages
from app.chat.wire.commands import Delete, Edit
from app.db import migrate
from app.db.driver.engine import autocommit, make_engine
from app.db.driver.kept import direct
from app.db.schema import messages, rooms, search, search_heads
from app.search.index import indexing
from app.search.index.doorbell import Doorbell
from app.search.index.fill import Fill, Progress, progress
from app.search.index.follower import follow
from app.search.index.indexing import Indexing
from app.search.index.statements import SEGMENT
from app.search.index.terms import asked, in_room
from tests.conftest import Serve, make_config, sync_engine, url_of
from tests.db.test_migrations import on_connection
from tests.search.conftest import becomes, found, is_level
from tests.search.test_dying import SORT_IN, WRITE, ending
from tests.support.index import faults_in_index
from tests.support.sockets import until

MESSAGES, ROOMS, DELETED_EVERY, ALONE = 300, 5, 11, 50
ALICE = 1

# Of all rooms the messages are mixed in time, and each room has more of them than the one before; but there were times
# when people wrote in the smallest one alone.
OLD_CHAT = f"""
INSERT INTO users (login, display_name, password_hash) VALUES ('alice', 'Alice', ''), ('bobby', 'Bob', '');
DELETE FROM rooms;
INSERT INTO rooms (name) SELECT 'Room ' || n FROM generate_series(1, {ROOMS}) n;
INSERT INTO memberships (user_id, room_id) SELECT 1, id FROM rooms;
CREATE TEMP TABLE said AS
  SELECT n, CASE WHEN n / {ALONE} % 2 = 1 THEN min_id
    ELSE min_id + (sqrt(n * 7919 % {MESSAGES} * {ROOMS * ROOMS} / {MESSAGES}))::int % {ROOMS} END AS room_id
  FROM generate_series(1, {MESSAGES}) n, (SELECT min(id) AS min_id FROM rooms) r;
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body, created_at, deleted_at)
  SELECT room_id, row_number() OVER room, row_number() OVER room, 1, gen_random_uuid(),
    CASE WHEN n % {DELETED_EVERY} = 0 THEN '' ELSE 'old w' || n END, '2026-01-01Z'::timestamptz + n * '1 min'::interval,
    CASE WHEN n % {DELETED_EVERY} = 0 THEN now() END
  FROM said WINDOW room AS (PARTITION BY room_id ORDER BY n);
UPDATE rooms SET last_seq = n, last_rev = n
  FROM (SELECT room_id, count(*) AS n FROM said GROUP BY room_id) counted WHERE id = room_id;
"""


@pytest.fixture
def old_chat(empty_url: str) -> Engine:
    """A database of its own that had messages before it was migrated to have a search."""
    with migrate.transaction(empty_url) as conn:
        command.upgrade(on_connection(conn), "0010")
        conn.execute(text(OLD_CHAT))
    migrate.upgrade(empty_url, print)
    return sync_engine(empty_url)


@pytest.fixture
async def engine(old_chat: Engine) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(make_config(old_chat))
    yield engine
    await engine.dispose()


def in_order(old_chat: Engine) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The messages of the index by their numbers, and the living ones by their time."""
    living = select(messages.c.room_id, messages.c.seq).where(messages.c.deleted_at.is_(None))
    numbered = select(search.c.room_id, search.c.seq)
    with old_chat.connect() as conn:
        of_index = [(room, seq) for room, seq in conn.execute(numbered.order_by(search.c.number))]
        return of_index, [(room, seq) for room, seq in conn.execute(living.order_by(messages.c.created_at))]


async def so_far(engine: AsyncEngine) -> Progress | None:
    async with engine.connect() as conn:
        return await progress(conn)


async def has_come_to(engine: AsyncEngine, done: int) -> bool:
    return (now := await so_far(engine)) is None or now.done >= done


async def test_each_batch_adds_the_newest_that_are_left_in_the_order_of_time(
    old_chat: Engine, engine: AsyncEngine
) -> None:
    fill, steps = Fill(), 0
    while (now := await so_far(engine)) is not None:
        of_index, living = in_order(old_chat)
        assert of_index == living[len(living) - len(of_index) :]
        assert now.total == MESSAGES
        with old_chat.connect() as conn:
            times = [*conn.scalars(select(messages.c.created_at).order_by(messages.c.created_at.desc()))]
        assert (now.since is None) == (now.done == 0)
        assert now.since is None or now.since in times[max(now.done - 2, 0) : now.done]  # what is deleted has no place
        async with engine.begin() as conn:
            await fill.batch(conn, 37)
        steps += 1

    of_index, living = in_order(old_chat)
    assert of_index == living
    assert MESSAGES / 37 < steps < MESSAGES / 10
    with old_chat.connect() as conn:
        assert faults_in_index(conn) == []
        assert max(conn.scalars(select(search.c.number))) == MESSAGES - 1


async def test_a_follower_that_lags_numbers_the_messages_of_all_rooms_in_the_order_of_time(
    old_chat: Engine, engine: AsyncEngine
) -> None:
    with old_chat.begin() as conn:
        conn.execute(text("TRUNCATE search_heads, search"))

    while True:
        async with engine.begin() as conn:
            if not (await follow(conn, {}, 20, of_all=True)).heads:
                break

    of_index, living = in_order(old_chat)
    assert of_index == living


async def test_a_pass_that_was_cut_leaves_the_rooms_that_rang_and_that_it_did_not_come_to(
    old_chat: Engine, engine: AsyncEngine
) -> None:
    with old_chat.begin() as conn:
        conn.execute(text("TRUNCATE search_heads, search"))
        rung = dict.fromkeys(conn.scalars(select(rooms.c.id).where(rooms.c.last_rev > 0)), 1)

    passes = 0
    while rung:
        async with engine.begin() as conn:
            done = await follow(conn, rung, 20)
        assert done.is_cut or not done.behind
        rung, passes = done.behind, passes + 1

    assert passes >= MESSAGES / 20
    of_index, living = in_order(old_chat)
    assert of_index == living


async def test_a_follower_that_lags_in_many_rooms_does_not_wait_for_the_next_comparison(
    old_chat: Engine, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with old_chat.begin() as conn:
        conn.execute(text("TRUNCATE search_heads, search"))
    for name, value in (("MOST", 20), ("COMPARE_S", 3_600.0)):
        monkeypatch.setattr(indexing, name, value)

    task = asyncio.create_task(Indexing(engine, Doorbell()).index_for_ever())
    await is_level(old_chat)
    task.cancel()


async def test_what_is_new_has_higher_numbers_and_is_found_first(old_chat: Engine, engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await Fill().batch(conn, 37)
        room = (await conn.execute(select(search_heads.c.room_id).limit(1))).scalar_one()
    new = NewMessage(room, ALICE, uuid.uuid4(), "new w1", None)
    async with direct(autocommit(engine)) as conn:
        (appended,) = await append_messages(conn, [new])
    async with engine.begin() as conn:
        await follow(conn, {}, 1_000, of_all=True)

        newest, *_ = await found(conn, ALICE, asked(in_room(room)))
        number = (await conn.execute(select(search.c.number).order_by(search.c.number.desc()).limit(1))).scalar_one()

    assert newest == (room, appended.seq)
    assert number == SEGMENT


async def test_messages_that_change_while_it_fills_are_found_as_they_are(old_chat: Engine, engine: AsyncEngine) -> None:
    chance, fill = random.Random(7), Fill()
    with old_chat.connect() as conn:
        there = [(room, seq) for room, seq in conn.execute(select(messages.c.room_id, messages.c.seq))]
    for n in range(120):
        for room, seq in chance.sample(there, 2):
            change = (
                Edit(uuid.uuid4(), room, seq, f"edit w{n}")
                if chance.random() < 0.7
                else Delete(uuid.uuid4(), room, seq)
            )
            with suppress(Exception):
                await amend(autocommit(engine), ALICE, change)
        async with engine.begin() as conn:
            if chance.random() < 0.5:
                await follow(conn, {}, chance.choice((1, 5, 1_000)), of_all=True)
            else:
                await fill.batch(conn, chance.choice((1, 5, 50)))
    while await so_far(engine) is not None:
        async with engine.begin() as conn:
            await fill.batch(conn, 50)
    async with engine.begin() as conn:
        await follow(conn, {}, 1_000, of_all=True)

    with old_chat.connect() as conn:
        assert faults_in_index(conn) == []
    of_index, living = in_order(old_chat)
    assert of_index == living


async def test_it_goes_on_where_it_was_whoever_was_stopped_or_killed(
    old_chat: Engine, engine: AsyncEngine, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("MOST", 20), ("LEAST", 10), ("RETRY_S", 0.01), ("FILL_ASIDE_S", 0.01)):
        monkeypatch.setattr(indexing, name, value)
    for done in (1, 60, 120, 180):
        task = asyncio.create_task(Indexing(engine, Doorbell()).index_for_ever())
        await becomes(lambda done=done: has_come_to(engine, done), True)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    with ending(engine, postgres_url, WRITE, 2) as written, ending(engine, postgres_url, SORT_IN, 2) as sorted_in:
        last = asyncio.create_task(Indexing(engine, Doorbell()).index_for_ever())
        await until(lambda: written() and sorted_in())
        await is_level(old_chat)
        last.cancel()

    of_index, living = in_order(old_chat)
    assert of_index == living


async def test_a_chat_that_is_upgraded_fills_its_index_and_logs_how_far_it_is(
    old_chat: Engine, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app.search")

    await serve(database_url=url_of(old_chat))
    await is_level(old_chat)

    lines = [record.getMessage() for record in caplog.records if record.name == "app.search.index.fill"]
    assert lines[0].startswith("older messages are being indexed done=")
    assert lines[-1] == "older messages are indexed"
