"""How many sockets somebody has with other servers: what is sent of them, what is remembered, which are closed."""

import msgspec
import pytest
from aiohttp.test_utils import TestServer

from app.chat.keys import BUS, HUB, SOCKETS
from app.chat.wire import notes
from app.limits import sharing, sockets
from app.limits.sockets import Sockets
from app.live.bus.bus import MAX_NOTE_BYTES
from app.live.client import Close
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.support.sockets import until

MOST, FOR_EVER = 4, 10**9


@pytest.fixture
def beats() -> int:
    """How many looks at the sockets from one that sends all counts to the next."""
    return sockets.BEAT_TICKS


@pytest.fixture
async def server(start: Serve, monkeypatch: pytest.MonkeyPatch, beats: int) -> TestServer:
    monkeypatch.setattr(sockets, "BEAT_TICKS", beats)
    return await start(sockets_per_user=MOST)


@pytest.fixture
async def other(start: Serve, server: TestServer) -> TestServer:
    other = await start(sockets_per_user=MOST)
    await until(lambda: not (server.app[BUS].is_alone or other.app[BUS].is_alone))
    return other


class Clock:
    """The time by which sockets of others are remembered, and closed."""

    def __init__(self) -> None:
        self.now = 1_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sockets, "_now", lambda: clock.now)
    return clock


def of(server: TestServer) -> Sockets:
    return server.app[SOCKETS]


def sent_to(server: TestServer, who: Member) -> list[int]:
    """How many sockets of somebody each other server has, as far as it sent that."""
    return sorted(of(server)._counts_elsewhere(who.author["id"]).values())


def open_here(server: TestServer, who: Member) -> int:
    return len(server.app[HUB].clients.of(who.author["id"]))


def receive(server: TestServer, name: str, who: Member, count: int) -> None:
    """As a note of a server of this name does."""
    of(server).on_note(name, notes.Sockets([(who.author["id"], count)]))


async def test_those_with_several_other_servers_count_together(join: Join, server: TestServer, clock: Clock) -> None:
    alice = await join("alice")
    receive(server, "one", alice, 1)
    receive(server, "two", alice, 2)
    assert not of(server).has_room(alice.author["id"])

    receive(server, "one", alice, 0)

    assert of(server).has_room(alice.author["id"])
    assert sent_to(server, alice) == [0, 2]


async def test_what_is_not_sent_again_is_forgotten_and_nothing_else(
    join: Join, server: TestServer, clock: Clock
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for who in (alice, bob):
        receive(server, "gone", who, MOST)
    clock.now += sockets.FORGET_S
    receive(server, "there", alice, 1)

    await until(lambda: bob.author["id"] not in of(server)._elsewhere)

    assert sent_to(server, alice) == [1]
    assert sent_to(server, bob) == []


async def test_who_has_one_socket_is_not_sent_and_who_has_two_is(join: Join, other: TestServer) -> None:
    bob, alice = await join("bobby"), await join("alice")
    await member(alice.browser)

    await until(lambda: sent_to(other, alice) == [2])

    assert sent_to(other, bob) == []


@pytest.mark.parametrize("beats", [FOR_EVER])
async def test_what_changes_is_sent_at_once_down_to_the_last_that_is_closed(
    join: Join, server: TestServer, other: TestServer
) -> None:
    alice = await join("alice")
    tabs = [alice, await member(alice.browser), await member(alice.browser)]
    await until(lambda: sent_to(other, alice) == [3])

    await tabs[2].socket.ws.close()
    await until(lambda: sent_to(other, alice) == [2])

    await tabs[1].socket.ws.close()
    await until(lambda: sent_to(other, alice) == [0])
    await member(alice.browser)
    await until(lambda: sent_to(other, alice) == [2])


async def test_what_stays_is_sent_again_and_again(join: Join, server: TestServer, other: TestServer) -> None:
    alice = await join("alice")
    await member(alice.browser)
    await until(lambda: sent_to(other, alice) == [2])
    (before,) = of(other)._elsewhere[alice.author["id"]].values()

    await until(lambda: of(other)._elsewhere[alice.author["id"]][server.app[BUS].name] > before)


@pytest.mark.parametrize("beats", [FOR_EVER])
async def test_more_people_than_a_note_has_room_for_come_in_the_next(
    join: Join, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MOST_IN_A_NOTE", 1)
    alice, bob = await join("alice"), await join("bobby")
    for who in (alice, bob):
        await member(who.browser)

    await until(lambda: sent_to(other, alice) == sent_to(other, bob) == [2])


@pytest.mark.parametrize(
    "note",
    [
        notes.Sockets([(10**12, 10**3)] * sockets.MOST_IN_A_NOTE),
        notes.Spent([("password of an address", "2001:db8:1234:5678::/64", 10**6)] * sharing.MOST_IN_A_NOTE),
    ],
)
def test_a_full_note_is_one_that_the_bus_takes(note: notes.Note) -> None:
    assert len(msgspec.json.encode(note)) <= MAX_NOTE_BYTES


async def test_what_is_too_many_is_closed_when_it_has_been_for_a_while_by_all_but_who_is_named_first(
    join: Join, server: TestServer, clock: Clock
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await member(alice.browser)
    for who in (alice, bob):
        receive(server, "", who, MOST)  # a name before ours
        receive(server, "~", who, MOST + 2)  # and one behind it
    await until(lambda: alice.author["id"] in of(server)._too_many_since)
    assert await alice.socket.posted("still here")

    clock.now += sockets.PATIENCE_S
    for who in (alice, bob):
        receive(server, "", who, MOST + 2)

    assert await alice.socket.close_code() == Close.TOO_MANY_SOCKETS
    await until(lambda: open_here(server, alice) == open_here(server, bob) == 0)


async def test_those_that_are_named_behind_us_make_way(join: Join, server: TestServer, clock: Clock) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await member(alice.browser)
    receive(server, "~", alice, MOST)
    receive(server, "", alice, MOST - 1)
    await until(lambda: alice.author["id"] in of(server)._too_many_since)

    clock.now += sockets.PATIENCE_S
    receive(server, "~", alice, MOST)
    receive(server, "", alice, MOST - 1)
    await until(lambda: open_here(server, alice) < 2)

    receive(server, "", bob, MOST)
    await until(lambda: bob.author["id"] in of(server)._too_many_since)  # it has looked once more
    assert open_here(server, alice) == 1
