"""What is old goes, all of it, in batches; by one process at a time, and without waiting for anybody."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, Table

from app.chat.messages.parts.amendment import REMEMBERED
from app.db.schema import (
    account_links,
    audit,
    changes,
    devices,
    invitations,
    jobs,
    login_failures,
    memberships,
    pages_in_use,
    passkey_challenges,
    push_services,
    rooms,
    samples,
    sessions,
    users,
)
from app.sweeps import sweeps
from app.sweeps.keys import SWEEPS
from app.sweeps.kinds import Kind, kinds
from tests.conftest import Serve

NOW = sa.func.clock_timestamp()
IDLE = timedelta(days=7)  # the default
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

# Of each kind: a row that is old by its age, and that one's age; one a minute younger stays.
OLD: dict[str, tuple[Table, str, timedelta, dict[str, Any]]] = {
    "changes": (changes, "created_at", REMEMBERED, {"room_id": 1, "user_id": 1, "rev": 1}),
    "sessions": (sessions, "expires_at", timedelta(0), {"user_id": 1}),
    "sessions that nobody used": (sessions, "seen_at", IDLE, {"user_id": 1, "expires_at": NOW + DAY}),
    "invitations": (invitations, "expires_at", timedelta(0), {}),
    "login_failures": (login_failures, "created_at", timedelta(hours=1), {"account": "user:1", "address": "::1"}),
    "account_links": (account_links, "expires_at", timedelta(0), {"user_id": 1, "purpose": "password"}),
    "passkey_challenges": (passkey_challenges, "created_at", timedelta(minutes=5), {"purpose": "enter"}),
    "devices": (devices, "seen_at", timedelta(days=365), {"user_id": 1, "device": "Firefox"}),
    "audit": (audit, "created_at", timedelta(days=365), {"action": "chat"}),
    "pages_in_use": (pages_in_use, "until", timedelta(0), {"user_id": 1}),
    "push_services": (push_services, "rests_until", timedelta(0), {}),
    "samples": (samples, "taken_at", timedelta(days=2), {"process": "a", "sockets": 0, "loop_lag_s": 0, "counts": {}}),
}


@pytest.fixture
def person(database: Engine) -> Engine:
    """A database with one person, who is in the lobby."""
    with database.begin() as conn:
        conn.execute(users.insert().values(login="alice", display_name="Alice"))
        conn.execute(memberships.insert().values(room_id=1, user_id=1))
    return database


def add(database: Engine, table: Table, column: str, age: timedelta, values: dict[str, Any]) -> None:
    """Add a row that is so old, with whatever of its columns must be unique."""
    with database.begin() as conn:
        own: dict[str, Any] = {"client_id": uuid.uuid4(), "service": str(uuid.uuid4()), "network": str(uuid.uuid4())}
        own |= {name: uuid.uuid4().bytes for name in ("token_hash", "challenge")}
        if table is pages_in_use:
            new = sessions.insert().values(token_hash=uuid.uuid4().bytes, user_id=1, expires_at=NOW + DAY)
            own["session_id"] = conn.execute(new.returning(sessions.c.id)).scalar_one()
        given = {name: value for name, value in own.items() if name in table.c}
        conn.execute(table.insert().values(given | values | {column: NOW - age}))


def count(database: Engine, table: Table) -> int:
    with database.connect() as conn:
        return conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def add_changes(database: Engine, rows: int) -> None:
    """Old changes of many people in many rooms, who never came back; and one of today."""
    numbers = sa.func.generate_series(1, rows).table_valued("n", name="numbers").render_derived()
    with database.begin() as conn:
        conn.execute(rooms.insert().values([{"name": f"Room {n}"} for n in range(40)]))
        conn.execute(users.insert().values([{"login": f"person{n}", "display_name": "Person"} for n in range(30)]))
        old = sa.select(
            *(1 + numbers.c.n % 40, 1 + numbers.c.n % 30, sa.func.gen_random_uuid(), numbers.c.n, NOW - 2 * DAY)
        )
        conn.execute(changes.insert().from_select(["room_id", "user_id", "client_id", "rev", "created_at"], old))
    add(database, changes, "created_at", timedelta(hours=23), {"room_id": 1, "user_id": 1, "rev": 9_999})


def by_name(name: str) -> Kind:
    return next(kind for kind in kinds(IDLE) if kind.name == name)


async def test_of_1161_old_changes_none_stays_and_that_of_today_does(server: TestServer, database: Engine) -> None:
    add_changes(database, 1_161)

    done = await server.app[SWEEPS].look()

    assert done["changes"] == 1_161
    with database.connect() as conn:
        assert conn.execute(sa.select(changes.c.rev)).scalars().all() == [9_999]


@pytest.mark.parametrize("what", OLD)
async def test_what_is_old_goes_and_what_is_not_stays(what: str, server: TestServer, person: Engine) -> None:
    table, column, age, values = OLD[what]
    minute = timedelta(minutes=1)
    add(person, table, column, age + SECOND, values)
    add(person, table, column, age - minute, values)

    done = await server.app[SWEEPS].look()

    assert done[what.split()[0]] == 1
    assert count(person, table) == 1


def test_each_kind_is_tried() -> None:
    assert {kind.name for kind in kinds(IDLE)} == {what.split()[0] for what in OLD}


async def test_a_batch_takes_a_few_hundred_rows_and_no_more(server: TestServer, database: Engine) -> None:
    add_changes(database, sweeps.BATCH + 7)

    taken = [await server.app[SWEEPS].batch(by_name("changes")) for _ in range(2)]

    assert taken == [sweeps.BATCH, 7]
    assert sweeps.BATCH <= 500


async def test_a_row_that_somebody_holds_is_left_and_nothing_waits(server: TestServer, person: Engine) -> None:
    for _ in range(3):
        add(person, changes, "created_at", 2 * DAY, {"room_id": 1, "user_id": 1, "rev": 1})
    with person.begin() as conn:
        conn.execute(sa.select(changes.c.rev).limit(1).with_for_update())

        done = await server.app[SWEEPS].look()

        assert done["changes"] == 2
    due_again(person)
    assert (await server.app[SWEEPS].look())["changes"] == 1


async def test_of_two_processes_one_sweeps_each_kind(serve: Serve, database: Engine) -> None:
    one, other = await serve(), await serve()
    add_changes(database, 1_161)

    done = await asyncio.gather(one.app[SWEEPS].look(), other.app[SWEEPS].look())

    names = sorted(name for each in done for name in each)
    assert names == sorted([*(kind.name for kind in kinds(IDLE)), sweeps.MESSAGES]), "each kind once"
    assert sum(each.get("changes", 0) for each in done) == 1_161


async def test_what_was_swept_is_due_again_after_an_hour(server: TestServer, person: Engine) -> None:
    sweeping = server.app[SWEEPS]
    assert await sweeping.look()
    add(person, changes, "created_at", 2 * DAY, {"room_id": 1, "user_id": 1, "rev": 1})

    assert await sweeping.look() == {}
    with person.begin() as conn:
        conn.execute(sa.update(jobs).values(due_at=jobs.c.due_at - timedelta(minutes=59)))
    assert await sweeping.look() == {}
    due_again(person)
    assert (await sweeping.look())["changes"] == 1
    with person.connect() as conn:
        row = conn.execute(sa.select(jobs).where(jobs.c.name == "changes")).one()
    assert (row.removed, row.ended_at is not None) == (1, True)


def due_again(database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(jobs).values(due_at=NOW))
