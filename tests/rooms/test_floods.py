"""What changes lists of rooms takes one lock for all: who may not do it, or asks too often, never gets that far."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, delete, select

from app.db.schema import instance, memberships
from app.limits import limits
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.rooms.conftest import Denied, Requests, by
from tests.support.locks import until_waiting

# What somebody who is no member of a closed room asks of it, and how it is refused.
REFUSED: dict[str, tuple[Callable[[Requests, int, Member], Awaitable[object]], tuple[int, str]]] = {
    "change": (lambda outsider, room, _: outsider.change(room, name="Mine"), (403, "not_a_member")),
    "join": (lambda outsider, room, _: outsider.join(room), (404, "not_found")),
    "leave": (lambda outsider, room, _: outsider.leave(room), (403, "not_a_member")),
    "add": (lambda outsider, room, member: outsider.add(room, member.author["login"]), (403, "not_a_member")),
    "remove": (lambda outsider, room, member: outsider.remove(room, member), (403, "not_a_member")),
}
# What a member asks of a room, which takes the lock.
ALLOWED: dict[str, Callable[[Requests, int, Member], Awaitable[object]]] = {
    "make": lambda member, _, __: member.make("Another"),
    "change": lambda member, room, _: member.change(room, topic="Next"),
    "join": lambda member, room, _: member.join(room),
    "leave": lambda member, room, _: member.leave(room),
    "add": lambda member, room, other: member.add(room, other.author["login"]),
    "remove": lambda member, room, other: member.remove(room, other),
    "direct": lambda member, _, other: member.direct(other.author["login"]),
}


@pytest.fixture
def slow(clock: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that a few requests reach, however long the machine takes for each."""
    monkeypatch.setattr(limits, "OTHERS_BURST", 5)


@pytest.mark.parametrize("what", REFUSED)
async def test_an_outsider_is_refused_while_somebody_else_holds_the_lock(
    join: Join, database: Engine, what: str
) -> None:
    _, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(bob).make("Plans", kind="closed")
    ask, refusal = REFUSED[what]
    outsider = by(carol)

    with held(database):
        for _ in range(20):  # more than there are connections for those who would wait
            with pytest.raises(Denied) as denied:
                await ask(outsider, room, bob)
            assert denied.value == refusal


async def test_an_outsiders_level_is_refused_while_somebody_else_holds_the_lock(join: Join, database: Engine) -> None:
    bob, carol = await join("bobby"), await join("carol")
    room = await by(bob).make("Plans", kind="closed")

    with held(database):
        await carol.socket.say(type="level", room=room, level="muted")
        assert (await carol.socket.until("error"))["code"] == "not_a_member"


async def test_a_last_room_is_refused_while_somebody_else_holds_the_lock(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")

    with held(database):
        for refused in (by(bob).leave(1), by(alice).remove(1, bob)):
            with pytest.raises(Denied) as denied:
                await refused
            assert denied.value == (409, "last_room")


@pytest.mark.parametrize("what", ALLOWED)
async def test_a_member_waits_for_the_lock_and_is_obeyed_then(join: Join, database: Engine, what: str) -> None:
    bob, carol = await join("bobby"), await join("carol")
    room = await by(bob).make("Plans")
    await by(carol).join(room)

    with held(database):
        asking = asyncio.create_task(wait_for(ALLOWED[what](by(bob), room, carol)))
        await until_waiting(database)
        assert not asking.done()

    await asking


@pytest.mark.parametrize("what", ["change", "leave", "add", "remove"])
async def test_who_is_removed_while_they_wait_for_the_lock_is_refused(join: Join, database: Engine, what: str) -> None:
    _, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(bob).make("Plans")
    await by(carol).join(room)

    with held(database) as lock:
        asking = asyncio.create_task(wait_for(ALLOWED[what](by(bob), room, carol)))
        await until_waiting(database)
        theirs = memberships.c.room_id == room, memberships.c.user_id == bob.author["id"]
        lock.execute(delete(memberships).where(*theirs))

    with pytest.raises(Denied) as denied:
        await asking
    assert denied.value == (403, "not_a_member")


async def test_a_level_of_who_is_removed_while_it_waits_for_the_lock_is_refused(join: Join, database: Engine) -> None:
    bob = await join("bobby")
    room = await by(bob).make("Plans")

    with held(database) as lock:
        await bob.socket.say(type="level", room=room, level="muted")
        await until_waiting(database)
        lock.execute(delete(memberships).where(memberships.c.room_id == room))

    assert (await bob.socket.until("error"))["code"] == "not_a_member"


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("what", ["change", "join", "leave", "add", "remove"])
async def test_an_outsiders_flood_is_throttled_and_a_members_command_is_not(
    serve: Serve, join: Join, what: str
) -> None:
    server = await serve()
    _, bob, carol = await join("alice", at=server), await join("bobby", at=server), await join("carol", at=server)
    room = await by(bob).make("Plans", kind="closed")
    ask, refusal = REFUSED[what]
    outsider = by(carol)

    answers = [await outcome(ask(outsider, room, bob)) for _ in range(20)]

    assert answers[0] == refusal
    assert (429, "rate_limited") in answers
    assert await outcome(by(bob).change(room, topic="Next")) is None


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("what", ALLOWED)
async def test_nobody_changes_lists_of_rooms_faster_than_the_limit_allows(serve: Serve, join: Join, what: str) -> None:
    server = await serve()
    bob, carol = await join("bobby", at=server), await join("carol", at=server)
    room = await by(bob).make("Plans")
    asking = by(bob)

    answers = [await outcome(ALLOWED[what](asking, room, carol)) for _ in range(20)]

    assert answers[0] is None
    assert (429, "rate_limited") in answers


@contextmanager
def held(database: Engine) -> Iterator[Connection]:
    """The one lock of all lists of rooms, held by somebody else."""
    with database.begin() as lock:
        lock.execute(select(instance).with_for_update())
        yield lock


async def wait_for(asked: Awaitable[object]) -> None:
    await asked


async def outcome(asked: Awaitable[object]) -> object:
    """How it was refused: status and code; None where it was not."""
    try:
        await asked
    except Denied as denied:
        return denied.status, denied.code
    return None
