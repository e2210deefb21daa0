"""Who writes to somebody whose account is switched off is shown that nobody reads it there."""

from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from app.db.schema import mentions, users
from tests.chat.conftest import Join, Member
from tests.chat.messages.test_changing import done
from tests.people.conftest import press
from tests.rooms.conftest import Denied, by


async def switch(admin: Member, login: str, to: str) -> None:
    assert (await press(admin.browser, "/settings", f"/people/{login}/{to}")).status == 303


def people(state: dict[str, Any]) -> dict[str, bool]:
    """Whose accounts are switched off, of the people of a room."""
    return {person["login"]: person.get("off", False) for person in state["people"]}


async def test_a_mention_of_who_is_switched_off_is_told_apart_from_one_of_an_outsider(
    join: Join, database: Engine
) -> None:
    alice, _, outsider = await join("alice"), await join("carol"), await join("dave")
    await by(outsider).make("Elsewhere")
    await by(alice).remove(1, outsider)
    await switch(alice, "carol", "disable")

    ack = await alice.socket.posted("@carol and @dave, look")
    assert (ack["off"], ack["unheard"]) == (["carol"], ["dave"])
    ack = await done(alice, "edit", 1, text="@carol, look")
    assert (ack["off"], "unheard" in ack) == (["carol"], False)

    await switch(alice, "carol", "enable")
    assert "off" not in await alice.socket.posted("@carol again")
    with database.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(mentions)) == 2  # both are there when she comes back


async def test_a_direct_room_says_who_is_switched_off_at_once_and_to_its_people_alone(join: Join) -> None:
    alice, bob, _ = await join("alice"), await join("bobby"), await join("carol")
    room = await by(bob).direct("carol")
    await bob.socket.until("room", id=room)
    await alice.socket.so_far()

    await switch(alice, "carol", "disable")
    assert people(await bob.socket.until("room", id=room)) == {"bobby": False, "carol": True}
    (shown,) = [each for each in (await bob.reconnect()).hello["rooms"] if each["id"] == room]
    assert people(shown) == {"bobby": False, "carol": True}
    assert "carol’s account is switched off" in (await bob.browser.ask("GET", f"/rooms/{room}")).text

    again = await bob.reconnect()
    await switch(alice, "carol", "enable")
    assert people(await again.socket.until("room", id=room)) == {"bobby": False, "carol": False}
    assert "room" not in {event["type"] for event in await alice.socket.so_far()}


async def test_members_are_marked_who_are_switched_off_and_nobody_can_add_or_write_to_them(
    join: Join, database: Engine
) -> None:
    alice, _ = await join("alice"), await join("carol")
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "carol").values(disabled_at=func.clock_timestamp()))

    assert people(await by(alice).ask("GET", "/api/rooms/1/members")) == {"alice": False, "carol": True}
    room = await by(alice).make("Plans")
    for attempt in (by(alice).add(room, "carol"), by(alice).direct("carol")):
        with pytest.raises(Denied, match="The account “carol” is switched off") as denied:
            await attempt
        assert denied.value == (422, "bad_people")
