"""A direct conversation is in the others' lists from its first message on, and out of one's own when it is hidden."""

from typing import Any

from app.chat.keys import SURFACING
from tests.chat.conftest import Join, Member
from tests.rooms.conftest import by, conversation


async def listed(person: Member) -> list[int]:
    """The rooms of a hello."""
    rooms: list[dict[str, Any]] = (await person.reconnect()).hello["rooms"]
    return [room["id"] for room in rooms]


async def test_a_conversation_shows_to_the_other_with_its_first_message(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).direct("bobby")
    await alice.socket.until("live", room=room)

    assert not [event for event in await bob.socket.so_far() if event["type"] == "room"]
    assert room in await listed(alice)
    assert f"/rooms/{room}" not in (await bob.browser.ask("GET", "/")).text
    again = await bob.reconnect()
    await (await alice.reconnect()).socket.posted("hello", room=room)

    shown = await again.socket.until("room", id=room)
    assert (shown["last_seq"], shown["read_seq"]) == (1, 0)
    assert f"/rooms/{room}" in (await bob.browser.ask("GET", "/")).text


async def test_who_opens_a_conversation_that_another_began_sees_it_at_once(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).direct("bobby")

    assert await by(bob).direct("alice") == room

    await bob.socket.until("live", room=room)
    assert room in await listed(bob)


async def test_a_hidden_conversation_comes_back_with_its_next_message_and_stays_with_the_other(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await conversation(alice, bob)

    await by(bob).leave(room)

    await bob.socket.until("left", room=room)
    assert not [event for event in await alice.socket.so_far() if event["type"] == "left"]
    await alice.socket.posted("are you there?", room=room)
    shown = await bob.socket.until("room", id=room)
    assert shown["last_seq"] == 2
    await bob.socket.until("live", room=room)
    await alice.socket.posted("good", room=room)
    assert (await bob.socket.until("message", room=room))["text"] == "good"


async def test_what_was_hidden_long_ago_by_another_process_comes_back_too(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).direct("bobby")
    alice.app[SURFACING]._known.clear()  # as in a process that came later
    await alice.socket.until("live", room=room)

    await alice.socket.posted("hello", room=room)

    await bob.socket.until("room", id=room)
