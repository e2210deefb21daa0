"""What is counted of a day, and when the next begins."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth import User
from app.base.config import Config
from app.base.errors import RateLimited
from app.db.schema import users
from app.db.tables.accounts import totals as table
from app.limits import totals
from app.limits.totals import Totals

MOST = {"rooms": 4, "people": 5, "directs": 6}


@pytest.fixture
async def conn(engine: AsyncEngine, database: object) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as conn:
        yield conn


@pytest.fixture
async def bob(conn: AsyncConnection) -> User:
    values = {"login": "bobby", "display_name": "Bob", "password_hash": "none"}
    id = (await conn.execute(insert(users).values(values).returning(users.c.id))).scalar_one()
    return User(id, "bobby", "Bob", "member")


def with_most(config: Config, **most: int) -> Totals:
    most = MOST | most
    limits = {"rooms_per_day": most["rooms"], "added_per_day": most["people"], "directs_per_day": most["directs"]}
    return Totals(config.model_copy(update=limits))


@pytest.mark.parametrize("what", MOST)
async def test_each_thing_has_a_limit_of_its_own_which_is_seen_before_it_is_made(
    what: str, conn: AsyncConnection, bob: User, config: Config
) -> None:
    counted, most = with_most(config), MOST[what]
    await counted.count(conn, bob, what)
    await counted.count(conn, bob, what, most - 2)
    await counted.check(conn, bob, what)
    await counted.count(conn, bob, what)

    for refused in (counted.check(conn, bob, what), counted.count(conn, bob, what)):
        with pytest.raises(RateLimited):
            await refused
    for other in MOST.keys() - {what}:
        await counted.check(conn, bob, other)


async def test_a_day_begins_with_the_first_that_is_made_in_it(conn: AsyncConnection, bob: User, config: Config) -> None:
    counted = with_most(config)
    await counted.count(conn, bob, "rooms", 2)
    await conn.execute(update(table).values(day=datetime(2020, 1, 1, tzinfo=UTC).date()))

    await counted.check(conn, bob, "rooms")
    before = datetime.now(UTC).date()
    for so_far in (1, 2):
        await counted.count(conn, bob, "rooms")
        day, count = (await conn.execute(select(table.c.day, table.c.count))).one()
        assert (count, before <= day <= datetime.now(UTC).date()) == (so_far, True)


async def test_who_made_nothing_is_not_refused_and_not_counted(
    conn: AsyncConnection, bob: User, config: Config
) -> None:
    await with_most(config).count(conn, bob, "people", 3)

    await with_most(config, people=1).count(conn, bob, "people", made=0)
    await with_most(config).count(conn, bob, "rooms", made=0)

    assert [*(await conn.execute(select(table.c.what, table.c.count)))] == [("people", 3)]


async def test_who_made_too_much_is_told_how_long_the_day_still_is(
    conn: AsyncConnection, bob: User, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "_until_midnight_s", lambda _: 1_234)

    with pytest.raises(RateLimited) as refusal:
        await with_most(config).count(conn, bob, "rooms", 5)

    assert refusal.value.retry_after_s == 1_234


@pytest.mark.parametrize(
    ("now", "seconds"),
    [((2026, 11, 30, 23, 59, 30), 30), ((2026, 11, 30, 0, 0, 0), 86_400), ((2026, 12, 31, 22, 0, 0), 7_200)],
)
def test_the_day_ends_at_midnight(now: tuple[int, int, int, int, int, int], seconds: int) -> None:
    assert totals._until_midnight_s(datetime(*now, tzinfo=UTC)) == seconds
