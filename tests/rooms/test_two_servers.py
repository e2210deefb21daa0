"""Rooms over several servers on one database: received at once, and within two seconds when the note is lost."""

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, text

from app.chat.keys import FOLLOWING, HUB
from app.chat.memberships import following
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.rooms.conftest import by
from tests.support.load import within


@pytest.fixture
async def other(serve: Serve) -> TestServer:
    return await serve(post_rate=1_000_000, post_burst=1_000_000)


@pytest.fixture
def deaf(other: TestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every note about lists of rooms is lost on the way to the other server."""
    monkeypatch.setattr(other.app[FOLLOWING], "on_ring", lambda: None)


@pytest.fixture
def rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server compares lists by the clock while a test runs."""
    monkeypatch.setattr(following, "COMPARE_S", 60)


@pytest.mark.usefixtures("rarely")
async def test_who_is_added_elsewhere_follows_the_room_at_once(join: Join, other: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    room = await by(alice).make("Secrets", kind="closed")

    await by(alice).add(room, "bobby")

    await bob.socket.until("live", room=room)
    assert (await alice.socket.until("presence", room=room, people=[bob.author]))["here"]
    await alice.socket.posted("welcome", room=room)
    assert (await bob.socket.until("message", room=room))["text"] == "welcome"
    await by(alice).change(room, name="Dreams")
    assert (await bob.socket.until("room", id=room))["name"] == "Dreams"


@pytest.mark.usefixtures("deaf")
async def test_who_is_removed_is_cut_off_within_two_seconds_with_the_note_lost(join: Join, other: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    room = await secrets(alice)
    await bob.socket.until("live", room=room)

    await by(alice).remove(room, bob)
    with within(2):
        await bob.socket.until("left", room=room)
    await alice.socket.posted("without him", room=room)

    assert await silent(bob)
    assert room not in other.app[HUB]._channels, "nobody follows it there"


@pytest.mark.usefixtures("deaf")
async def test_a_new_name_comes_within_two_seconds_too_and_a_conversation_with_its_first_message(
    join: Join, other: TestServer
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    room = await by(alice).make("Plans")
    await by(bob).join(room)
    await by(alice).change(room, name="Dreams")

    with within(2):
        received = [await bob.socket.until("room") for _ in range(2)]

    assert {room} == {event["id"] for event in received}
    direct = await by(alice).direct("bobby")
    await alice.socket.until("live", room=direct)
    await alice.socket.posted("for you", room=direct)
    await bob.socket.until("live", room=direct)
    await bob.socket.posted("hello", room=direct)
    await alice.socket.until("message", room=direct, text="hello")


@pytest.mark.usefixtures("deaf", "rarely")
async def test_a_resume_asks_who_is_a_member_now(join: Join, other: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    room = await secrets(alice)
    bob = await bob.reconnect()
    assert room in [each["id"] for each in bob.hello["rooms"]]
    await by(alice).remove(room, bob)

    await bob.socket.say(type="resume", epoch=bob.hello["epoch"], rooms={room: 0})

    assert (await bob.socket.until("error"))["code"] == "not_a_member"
    await alice.socket.posted("without him", room=room)
    assert await silent(bob)


async def notes_came(sender: Member, receiver: Member) -> None:
    """Wait until all notes that were sent before are through the bus."""
    await sender.socket.say(type="typing", room=1)
    await receiver.socket.until("typing")


async def test_a_bus_that_opens_again_compares(
    join: Join, other: TestServer, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "COMPARE_S", 60)
    alice, bob = await join("alice"), await join("bobby", at=other)
    room = await by(alice).make("Secrets", kind="closed")
    await notes_came(alice, bob)
    with monkeypatch.context() as lost:
        lost.setattr(other.app[FOLLOWING], "on_ring", lambda: None)
        await by(alice).add(room, "bobby")
        await notes_came(alice, bob)

    with database.begin() as conn:
        buses = "query LIKE '%pg_notify%payload%' OR query LIKE 'LISTEN%'"
        conn.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND ({buses})")
        )

    await bob.socket.until("live", room=room)


async def test_after_a_backup_was_restored_all_lists_are_compared(join: Join, other: TestServer) -> None:
    """A number from the future: what was sent since counts for nothing."""
    alice = await join("alice")
    alice.app[FOLLOWING]._cursor = 1_000
    room = await by(alice).make("Plans")

    await alice.socket.until("live", room=room)
    again = await alice.reconnect()

    assert [each["id"] for each in again.hello["rooms"]] == [1, room]


async def secrets(alice: Member) -> int:
    """A closed room of Alice and Bob."""
    room = await by(alice).make("Secrets", kind="closed")
    await by(alice).add(room, "bobby")
    return room


async def silent(person: Member) -> bool:
    return not [event for event in await person.socket.so_far() if event["type"] == "message"]
