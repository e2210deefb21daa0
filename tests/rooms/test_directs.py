"""Direct conversations: one a set of people, theirs alone."""

import asyncio

import pytest
from sqlalchemy import Engine, func, select

from app.db.schema import rooms
from tests.chat.conftest import Join
from tests.rooms.conftest import Denied, by


async def test_a_direct_conversation_is_the_same_whoever_opens_it_and_however_often(join: Join) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")

    room = await by(alice).direct("bobby", "carol", "bobby", "alice")

    assert await by(carol).direct("alice", "bobby") == await by(alice).direct("carol", "bobby") == room
    assert await by(alice).direct("bobby") != room
    await alice.socket.until("live", room=room)
    await alice.socket.posted("hello", room=room)
    for person in (bob, carol):
        shown = await person.socket.until("room", id=room)
        assert (shown["kind"], shown["name"]) == ("direct", "")
        assert shown["people"] == [alice.author, bob.author, carol.author]
        await person.socket.until("live", room=room)


async def test_its_people_talk_and_nobody_else_hears(join: Join) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(bob).direct("alice")
    await bob.socket.until("live", room=room)

    await bob.socket.posted("hello", room=room)
    await alice.socket.until("live", room=room)
    await bob.socket.posted("for you", room=room)

    assert (await alice.socket.until("message", room=room))["text"] == "for you"
    assert not [event for event in await carol.socket.so_far() if event["type"] in ("room", "message")]
    id = await carol.socket.post("me too", room=room)
    assert (await carol.socket.until("error", id=id))["code"] == "not_a_member"
    async with carol.browser.get(f"/api/rooms/{room}/messages") as answer:
        assert answer.status == 403


async def test_a_page_and_a_hello_tell_whose_it_is(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).direct("bobby")
    await alice.socket.posted("hello", room=room)

    again = await bob.reconnect()
    page = (await bob.browser.ask("GET", f"/rooms/{room}")).text

    listed = [each for each in again.hello["rooms"] if each["id"] == room]
    assert listed[0]["people"] == [alice.author, bob.author]
    assert "<title>alice · Parley</title>" in page
    assert "people" not in again.hello["rooms"][0]


async def test_two_who_open_it_at_once_open_the_same(join: Join, database: Engine) -> None:
    people = [await join(f"person{number}") for number in range(4)]
    logins = [person.author["login"] for person in people]

    opened = await asyncio.gather(*(by(person).direct(*logins) for person in people * 3))

    assert len({*opened}) == 1
    with database.connect() as conn:
        assert conn.scalar(select(func.count()).where(rooms.c.kind == "direct")) == 1
    assert sorted(await by(people[0]).members(opened[0])) == logins


async def test_nobody_joins_or_changes_it(join: Join) -> None:
    admin, alice, bob = await join("adele"), await join("alice"), await join("bobby")
    room = await by(alice).direct("bobby")

    attempts = {
        by(admin).join(room): "not_found",
        by(alice).change(room, name="Us"): "forbidden",
        by(admin).change(room, archived=True): "forbidden",
        by(admin).change(room, archived=False): "forbidden",
        by(alice).add(room, "adele"): "forbidden",
        by(admin).remove(room, bob): "forbidden",
    }
    for attempt, code in attempts.items():
        with pytest.raises(Denied) as denied:
            await attempt
        assert denied.value.code == code

    assert await by(bob).members(room) == ["alice", "bobby"]


@pytest.mark.parametrize("logins", [[], [" "], ["alice"], ["nobody"], [f"person{number}" for number in range(8)]])
async def test_it_has_two_to_eight_people_who_exist(join: Join, logins: list[str]) -> None:
    alice = await join("alice")
    for login in logins:
        if login.startswith("person"):
            await join(login)

    with pytest.raises(Denied) as denied:
        await by(alice).direct(*logins)

    assert denied.value == (422, "bad_people")
