"""The statement that appends: numbers without gaps, plans that stay right, connections that forget."""

import asyncio
import re
import uuid

import pytest
from msgspec.structs import replace
from psycopg2.errors import UniqueViolation
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.messages import append
from app.chat.messages.append import NewMessage, append_messages
from app.db.driver.connection import Connection
from app.db.driver.kept import direct
from app.db.driver.prepared import Prepared, name_of
from app.db.schema import memberships, messages, rooms, users
from tests.support.locks import until_waiting


@pytest.fixture
def engine(engine: AsyncEngine, database: Engine) -> AsyncEngine:
    """The app's engine, on a database with a user who is in the Lobby."""
    with database.begin() as conn:
        conn.execute(insert(users).values(login="alice", display_name="Alice", password_hash="x"))
        conn.execute(insert(memberships).values(room_id=1, user_id=1))
    return engine


def new(body: str = "hi", room: int = 1, client_id: uuid.UUID | None = None) -> NewMessage:
    return NewMessage(room, 1, client_id or uuid.uuid4(), body, None)


async def test_a_batch_over_two_rooms_numbers_each_without_a_gap(engine: AsyncEngine, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(insert(rooms).values(name="Den"))
        conn.execute(insert(memberships).values(room_id=2, user_id=1))

    async with direct(engine) as conn:
        outcomes = await append_messages(conn, [new(room=2), new(room=1), new(room=3), new(room=2), new(room=1)])

    assert [(outcome.is_member, outcome.seq) for outcome in outcomes] == [
        (True, 1),
        (True, 1),
        (False, None),
        (True, 2),
        (True, 2),
    ]
    with database.connect() as conn:
        assert [*conn.execute(select(rooms.c.last_seq, rooms.c.last_rev).order_by(rooms.c.id))] == [(2, 2), (2, 2)]


async def test_a_repetition_beside_something_new_is_found_and_leaves_no_gap(engine: AsyncEngine) -> None:
    first, second = new("first"), new("second")

    async with direct(engine) as conn:
        await append_messages(conn, [first])
        outcomes = await append_messages(conn, [first, second])

    assert [(outcome.is_new, outcome.seq, outcome.body) for outcome in outcomes] == [
        (False, 1, "first"),
        (True, 2, "second"),
    ]


@pytest.mark.parametrize("room", [1, 2, 3, 4])
@pytest.mark.parametrize("reply_to", [None, 1, 2, 2**62])
async def test_what_comes_alone_is_answered_as_in_a_batch(
    engine: AsyncEngine, database: Engine, room: int, reply_to: int | None
) -> None:
    """In a room of one's own, another's, one that is archived, and one that is not there."""
    with database.begin() as conn:
        conn.execute(insert(rooms).values(name="Den"))
        conn.execute(insert(rooms).values(name="Attic", archived_at=func.now()))
        conn.execute(insert(memberships).values(room_id=3, user_id=1))
    alone, other = (replace(new("hi", room), reply_to=reply_to) for _ in range(2))

    async with direct(engine) as conn:
        await append_messages(conn, [new("first"), new("second")])
        (outcome,) = await append_messages(conn, [alone])
        beside, _ = await append_messages(conn, [other, new(room=4)])
        (again,) = await append_messages(conn, [alone])

    offset = int(outcome.is_new)
    assert outcome.is_new == (room == 1 and reply_to in (None, 1, 2))
    assert beside == replace(
        outcome, seq=outcome.seq and outcome.seq + offset, rev=outcome.rev and outcome.rev + offset, time=beside.time
    )
    assert again == replace(outcome, is_new=False)


async def test_times_rise_with_seq_however_long_a_transaction_waited(engine: AsyncEngine, database: Engine) -> None:
    async with direct(engine) as waiting, direct(engine) as other:
        with database.begin() as lock:
            lock.execute(select(rooms).with_for_update())
            early = asyncio.create_task(append_messages(waiting, [new("began first")]))
            await until_waiting(database)
            late = asyncio.create_task(append_messages(other, [new("began second")]))
        await asyncio.gather(early, late)

    with database.connect() as conn:
        times = [*conn.scalars(select(messages.c.created_at).order_by(messages.c.seq))]
    assert times == sorted(times)


@pytest.mark.parametrize("others", [0, 1])
async def test_the_same_id_in_two_transactions_at_once_is_refused_whole(
    engine: AsyncEngine, database: Engine, others: int
) -> None:
    """The one that waits cannot see the other's row; its batch is refused and leaves nothing, the retry finds it."""
    twin = new("twin")
    async with direct(engine) as first, direct(engine) as second:
        with database.begin() as lock:
            lock.execute(select(rooms).with_for_update())
            tasks = [
                asyncio.create_task(append_messages(conn, [twin, *(new() for _ in range(others))]))
                for conn in (first, second)
            ]
            await until_waiting(database, 2)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        refused = [result for result in results if isinstance(result, UniqueViolation)]
        assert len(refused) == 1
        assert refused[0].diag.constraint_name == "messages_room_id_author_id_client_id_key"
        again = await append_messages(first, [twin])

    assert (again[0].is_new, again[0].body) == (False, "twin")
    with database.connect() as conn:
        assert [*conn.scalars(select(messages.c.seq).order_by(messages.c.seq))] == [*range(1, others + 2)]


async def test_who_waits_while_the_room_is_archived_is_refused(engine: AsyncEngine, database: Engine) -> None:
    """What the statement saw when it began does not count, but the room as it is once it may be written."""
    async with direct(engine) as conn:
        with database.begin() as archiving:
            archiving.execute(update(rooms).values(archived_at=func.now()))
            waiting = asyncio.create_task(append_messages(conn, [new()]))
            await until_waiting(database)
        (outcome,) = await waiting

    assert (outcome.is_member, outcome.is_archived, outcome.is_new, outcome.seq) == (True, True, False, None)
    with database.connect() as reading:
        assert reading.scalar(select(func.count()).select_from(messages)) == 0


async def test_a_connection_that_forgot_the_prepared_statement_is_sent_the_whole_of_it(engine: AsyncEngine) -> None:
    """As behind a pooler in transaction mode, where each statement may reach another server connection."""
    async with direct(engine) as conn:
        await append_messages(conn, [new(), new()])
        await conn.fetch("DEALLOCATE ALL")

        outcomes = [await append_messages(conn, [new() for _ in range(count)]) for count in (1, 2, 1, 2)]

        assert [outcome.seq for some in outcomes for outcome in some] == [3, 4, 5, 6, 7, 8]


async def test_a_connection_where_someone_else_prepared_it_is_sent_the_whole_of_it(engine: AsyncEngine) -> None:
    async with direct(engine) as conn:
        await conn.fetch(f"PREPARE {append.PLAIN.texts.name} AS SELECT 1")

        assert (await append_messages(conn, [new()]))[0].seq == 1


async def test_another_text_of_the_statement_has_another_name() -> None:
    """Or behind a pooler, where connections outlive an upgrade, the older Parley's would be run."""
    text = append.PLAIN.texts.prepare.partition(" AS ")[2]

    assert append.PLAIN.texts.name == name_of(text) != name_of(f"{text} LIMIT 1")


async def test_a_migration_under_a_prepared_statement_stops_nobody(engine: AsyncEngine, database: Engine) -> None:
    """The old version goes on serving while the new one migrates."""

    def migrate(kind: str) -> None:
        with database.begin() as schema:
            schema.execute(text(f"ALTER TABLE messages ALTER COLUMN body TYPE {kind}"))

    async with direct(engine) as conn:
        await append_messages(conn, [new()])
        migrate("varchar")
        try:
            assert (await append_messages(conn, [new()]))[0].seq == 2
        finally:
            migrate("text")


async def test_the_kept_plan_looks_into_indexes_although_it_was_made_for_an_empty_table(engine: AsyncEngine) -> None:
    async with direct(engine) as conn:
        await append_messages(conn, [new()])
        await append_messages(conn, [new(), new()])

        plans = [await plan_of(conn, statement) for statement in (append.PLAIN, append.LONE)]

    for plan in plans:
        assert re.search("Index (Only )?Scan using messages_room_id_author_id_client_id_key", plan)
        assert "Seq Scan on messages" not in plan


async def plan_of(conn: Connection, statement: Prepared, **more: object) -> str:
    id = str(uuid.uuid4())
    values = {"rooms": [1], "authors": [1], "client_ids": [id], "bodies": ["x"], "replies": [None]}
    values |= {"room_id": 1, "author_id": 1, "client_id": id, "body": "x", "reply_to": None}
    return "\n".join(line for (line,) in await conn.fetch(f"EXPLAIN {statement.texts.execute}", values | more))
