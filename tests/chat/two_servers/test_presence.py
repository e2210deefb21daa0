"""Who is here, over several servers: seen everywhere, kept for the grace, and gone when nobody sees them any more."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer

from app.chat.keys import BUS, HUB, PRESENCE
from app.chat.presence import presence
from app.chat.presence.roster import Sighting
from tests.chat.conftest import Join, Member, member
from tests.support.browsing import Open
from tests.support.sockets import until


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    """When all of it happens: a test that takes long would outlast what a process was sent of another."""
    now = 1_000.0
    monkeypatch.setattr(presence, "_now", lambda: now)
    return now


async def test_who_is_here_is_the_same_everywhere(join: Join, other: TestServer) -> None:
    alice = await join("alice")
    bob = await join("bobby", at=other)
    assert (await alice.socket.until("presence", people=[bob.author]))["here"]

    carol = await join("carol")

    assert (await bob.socket.until("presence", people=[carol.author]))["here"]
    dave = await join("david", at=other)
    people = (await dave.socket.until("presence"))["people"]
    assert sorted(person["login"] for person in people) == ["alice", "bobby", "carol", "david"]


async def test_a_process_that_has_just_begun_learns_at_once_who_is_elsewhere(
    join: Join, start: Callable[[], Awaitable[TestServer]]
) -> None:
    alice = await join("alice")
    later = await start()
    bob = await join("bobby", at=later)

    if alice.author not in (await bob.socket.until("presence"))["people"]:
        assert (await bob.socket.until("presence", people=[alice.author]))["here"]


async def test_someone_who_moves_to_another_process_never_left(
    join: Join, other: TestServer, open_browser: Open, now: float
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.until("presence", people=[bob.author])
    elsewhere = open_browser(other)
    await elsewhere.log_in("bobby")
    moved = await member(elsewhere)
    await until(lambda: len(sightings(alice, bob)) == 2)

    await bob.socket.ws.close()
    await until(lambda: not bob.app[HUB].clients.of(bob.author["id"]))
    bob.app[PRESENCE].forget(now + presence.GRACE_S + 1)
    await moved.socket.posted("still here")

    assert (await alice.socket.until("message"))["text"] == "still here"
    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]
    assert len(sightings(alice, bob)) == 1


Pair = tuple[Member, Member]


@pytest.fixture
async def pair(join: Join, other: TestServer) -> Pair:
    """Alice here and Bob elsewhere, each of whom the other sees."""
    alice, bob = await join("alice"), await join("bobby", at=other)
    await alice.socket.until("presence", people=[bob.author])
    return alice, bob


async def test_someone_who_closes_the_page_elsewhere_has_left_after_the_grace(pair: Pair, now: float) -> None:
    alice, bob = pair

    await bob.socket.ws.close()
    await until(lambda: not bob.app[HUB].clients.of(bob.author["id"]))
    bob.app[PRESENCE].forget(now + presence.GRACE_S)

    assert (await alice.socket.until("presence", here=False))["people"] == [bob.author]


async def test_the_people_of_a_process_that_dies_are_kept_for_the_grace_and_gone_within_15_s(
    pair: Pair, other: TestServer, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = pair
    monkeypatch.setattr(other.app[BUS], "send", lambda note: None)  # silent, as the dead are

    told_s = presence.BEAT_TICKS * presence.TICK_S  # before its death, at most
    alice.app[PRESENCE].forget(now + presence.GRACE_S + told_s)
    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]
    alice.app[PRESENCE].forget(now + 15 - presence.TICK_S)

    assert (await alice.socket.until("presence", here=False))["people"] == [bob.author]


async def test_nobody_leaves_because_the_bus_is_away(pair: Pair, now: float, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, _ = pair

    monkeypatch.setattr(alice.app[BUS], "is_open", False)
    alice.app[PRESENCE].forget(now + 3600)

    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]


async def test_every_beat_sends_the_others_again_whom_a_process_sees(pair: Pair, now: float) -> None:
    alice, bob = pair
    alice.app[PRESENCE].forget(now + presence.FORGET_S)
    await alice.socket.until("presence", here=False)

    assert (await alice.socket.until("presence", here=True))["people"] == [bob.author]


def sightings(at: Member, of: Member) -> dict[str, Sighting]:
    """By which processes someone is seen, as another person's process has it."""
    return at.app[PRESENCE]._roster._people[of.author["id"]].sightings
