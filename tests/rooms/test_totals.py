"""What stays is made so many times a day, by each person, in all processes together."""

from datetime import date

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select, update

from app.db.schema import memberships, rooms
from app.db.tables.accounts import totals
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.rooms.conftest import Denied, Requests, by
from tests.support.browsing import Open

TOO_MUCH = (429, "rate_limited")


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    return await serve(rooms_per_day=2, added_per_day=2, directs_per_day=2)


@pytest.fixture
async def people(join: Join) -> dict[str, Member]:
    """Alice, who is the admin, and others."""
    return {login: await join(login) for login in ("alice", "bobby", "carol", "david", "erika")}


async def test_only_so_many_rooms_are_made_in_a_day(people: dict[str, Member], database: Engine) -> None:
    bob = by(people["bobby"])
    await bob.make("One")
    await bob.make("Two")

    with pytest.raises(Denied) as denied:
        await bob.make("Three")

    assert denied.value == TOO_MUCH
    assert denied.value.message == (
        "You have made 2 rooms today, which is as many as one person may. Try again tomorrow."
    )
    with database.connect() as conn:
        assert conn.execute(select(func.count()).where(rooms.c.name == "Three")).scalar_one() == 0
        assert conn.execute(select(totals.c.count)).scalar_one() == 2
    await by(people["carol"]).make("Three")


async def test_a_room_whose_name_is_taken_is_not_counted(people: dict[str, Member]) -> None:
    bob = by(people["bobby"])
    for _ in range(3):
        with pytest.raises(Denied) as denied:
            await bob.make("Lobby")
        assert denied.value == (409, "name_taken")

    await bob.make("One")


async def test_only_so_many_people_are_added_in_a_day_and_who_is_in_the_room_already_is_not_counted(
    people: dict[str, Member], database: Engine
) -> None:
    bob = by(people["bobby"])
    room, other = await bob.make("One", kind="closed"), await bob.make("Two", kind="closed")
    await bob.add(room, "carol", "david")
    await bob.add(room, "carol", "david")

    with pytest.raises(Denied) as denied:
        await bob.add(other, "carol")

    assert denied.value == TOO_MUCH
    assert "You have added 2 people to rooms today" in denied.value.message
    with database.connect() as conn:
        assert conn.execute(select(func.count()).where(memberships.c.room_id == other)).scalar_one() == 1
    await by(people["carol"]).add(room, "erika")


async def test_only_so_many_direct_conversations_are_begun_in_a_day_and_those_there_are_open_still(
    people: dict[str, Member],
) -> None:
    bob = by(people["bobby"])
    room = await bob.direct("alice")
    await bob.direct("carol")

    with pytest.raises(Denied) as denied:
        await bob.direct("david")

    assert denied.value == TOO_MUCH
    assert "You have begun 2 direct conversations today" in denied.value.message
    assert await bob.direct("alice") == room
    await by(people["david"]).direct("bobby")


async def test_the_next_day_counts_anew(people: dict[str, Member], database: Engine) -> None:
    bob = by(people["bobby"])
    for name in ("One", "Two"):
        await bob.make(name)

    with database.begin() as conn:
        conn.execute(update(totals).values(day=date(2020, 1, 1)))
    await bob.make("Three")

    with database.connect() as conn:
        assert conn.execute(select(totals.c.count)).scalar_one() == 1


async def test_another_process_counts_the_same(people: dict[str, Member], serve: Serve, open_browser: Open) -> None:
    bob, elsewhere = by(people["bobby"]), open_browser(await serve(rooms_per_day=2))
    await elsewhere.log_in("bobby")
    for name in ("One", "Two"):
        await bob.make(name)

    with pytest.raises(Denied) as denied:
        await Requests(elsewhere).make("Three")

    assert denied.value == TOO_MUCH


async def test_an_admin_is_not_counted(people: dict[str, Member]) -> None:
    alice = by(people["alice"])

    for number in range(4):
        await alice.make(f"Room {number}")
    for login in ("bobby", "carol", "david", "erika"):
        await alice.direct(login)
