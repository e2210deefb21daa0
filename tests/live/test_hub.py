"""Who follows which room, at the moments in which a socket begins to lag or ends."""

import asyncio
import os
import socket
from collections.abc import Iterable

import pytest

from app.live.channel import Changes
from app.live.client import MAX_OUTBOX_EVENTS, Client
from app.live.hub import Hub
from app.live.source import Heads
from app.live.tasks import running
from tests.live.conftest import MakeClient, Reader, Recorder
from tests.support.sockets import until

pytestmark = pytest.mark.usefixtures("each_way")


class Truth:
    """What has happened, for as long as it may be asked for: one event a rev, the same in all rooms."""

    gone = (OSError,)

    def __init__(self, line: bytes | None = None) -> None:
        self.rev = self.read = 0  # how many events were asked for by those who missed them
        self.asked_for_heads = self.asked_for_changes = 0
        self._line = line
        self.epoch = "an epoch"
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def changes(self, room: int, after: int) -> Changes:
        self.asked_for_changes += 1
        events = [(rev, rev, self._line or b"rev %d" % rev) for rev in range(after + 1, self.rev + 1)]
        await self.may_answer.wait()
        await asyncio.sleep(0)  # as the network, which never answers within the same turn of the loop
        return Changes(room, after, max(after, self.rev), events)

    async def missed(self, room: int, after: int, most: int) -> Changes:
        found = await self.changes(room, after)
        if len(found.events) > most:
            found = Changes(room, after, after + most, found.events[:most])
        self.read += len(found.events)
        return found

    async def heads(self, rooms: Iterable[int]) -> Heads:
        self.asked_for_heads += 1
        return Heads(self.epoch, dict.fromkeys(rooms, self.rev))


class Follower(Recorder):
    """Calls the hub when its socket is blocked, as the chat does."""

    def __init__(self, hub: Hub, client: Client) -> None:
        super().__init__()
        self._hub, self._client = hub, client
        client.ws.begin(self)

    def on_blocked(self) -> None:
        self._hub.on_blocked(self._client)


def new_hub(truth: Truth | None = None) -> Hub:
    return Hub(truth or Truth(), lambda heads: b"heads", heartbeat_s=20)


def change(rev: int) -> Changes:
    return Changes(1, rev - 1, rev, [(rev, rev, b"rev %d" % rev)])


async def begin_to_join(hub: Hub, client: Client, truth: Truth) -> asyncio.Task[int]:
    """Join a room with 500 events, up to the moment in which the network takes no more."""
    Follower(hub, client)
    truth.rev = 500
    joining = asyncio.create_task(hub.join(client, 1, 0))
    await until(lambda: client.ws.lagging)
    return joining


def kernel_takes(reader: Reader, size: int) -> int:
    """Read past the event loop what has come, so that the network would take more; how much that was."""
    return len(os.read(reader.writer.get_extra_info("socket").fileno(), size))


async def join(hub: Hub, client: Client) -> Follower:
    """Let a client follow room 1 from its beginning."""
    follower = Follower(hub, client)
    assert await hub.join(client, 1, 0) == 0
    return follower


async def test_who_is_closed_leaves_every_room_before_anything_is_written_again(make_client: MakeClient) -> None:
    hub = new_hub()
    (closed, closed_reads), (other, other_reads) = await make_client(1), await make_client(2)
    for client in (closed, other):
        await join(hub, client)

    hub.publish(change(1))
    hub.flush()
    closed.ws.close(4001)
    hub.publish(change(2))
    hub.flush()

    assert [*hub._channels[1].clients] == [other]
    assert closed.rooms == set()
    assert await other_reads.lines(2) == [b"rev 1", b"rev 2"]
    assert await closed_reads.frame() == (1, b"rev 1")
    assert await closed_reads.frame() == (8, (4001).to_bytes(2, "big"))


async def test_who_was_closed_while_the_room_was_read_follows_nothing(make_client: MakeClient) -> None:
    hub = new_hub()
    client, _ = await make_client()
    Follower(hub, client)

    client.ws.abort()

    assert await hub.join(client, 1, 0) == 0
    assert await hub.restart(client, 1) == 0
    assert not hub._channels[1].clients


async def test_nothing_overtakes_what_waits_in_a_transport(make_client: MakeClient) -> None:
    hub = new_hub()
    client, reader = await make_client()
    await join(hub, client)
    size = 4_000_000

    client.ws.write(bytes(size))
    hub.flush()  # after which nothing waits in the outbox, and something still does in the transport
    taken = kernel_takes(reader, size)
    hub.publish(change(1))
    hub.flush()

    assert await reader.stream.readexactly(size - taken) == bytes(size - taken)
    assert await reader.frame() == (1, b"rev 1")


async def test_who_joins_in_the_moment_in_which_the_last_other_is_cut_off_misses_nothing(
    make_client: MakeClient,
) -> None:
    hub = new_hub()
    (slow, _), (other, other_reads) = await make_client(1), await make_client(2)
    Follower(hub, other)
    await join(hub, slow)
    slow.ws.write(bytes(4_000_000))
    hub.send(slow, *[b"full"] * MAX_OUTBOX_EVENTS)

    hub.publish(change(1))
    assert await hub.join(other, 1, 1) == 1
    hub.publish(change(2))

    assert slow.closed
    assert await other_reads.frame() == (1, b"rev 2")


async def test_what_was_missed_is_read_as_the_network_takes_it(make_client: MakeClient) -> None:
    truth = Truth(line=b"x" * 10_000)
    client, reader = await make_client()
    joining = await begin_to_join(new_hub(truth), client, truth)

    for _ in range(100):  # turns, in which all would have been read
        await asyncio.sleep(0)
    read_so_far = truth.read
    lines = await reader.lines(500)

    assert read_so_far < 100
    assert await joining == 500
    assert lines == [b"x" * 10_000] * 500
    assert truth.read < 2 * 500  # what was read and not sent is read again


async def test_a_room_that_was_prepared_waits_for_its_client_while_all_are_compared_and_not_for_ever() -> None:
    hub = new_hub()
    await hub.prepare([1])
    prepared = hub._channels[1]

    await hub.loader.reconcile()

    assert hub._channels == {1: prepared}
    await hub.loader.reconcile()
    assert hub._channels == {}


async def test_many_rooms_are_prepared_by_one_look_at_their_heads() -> None:
    truth = Truth()
    truth.rev = 7
    hub = new_hub(truth)

    await hub.prepare(range(1, 301))

    assert truth.asked_for_heads == 1
    assert {room: hub.head(room) for room in range(1, 301)} == dict.fromkeys(range(1, 301), 7)
    await hub.prepare(range(1, 301))
    assert truth.asked_for_heads == 1


async def test_what_many_rooms_say_to_one_who_joins_them_leaves_in_few_frames(make_client: MakeClient) -> None:
    hub = new_hub()
    client, reader = await make_client()
    Follower(hub, client)
    await hub.prepare(range(1, 301))

    for room in range(1, 301):
        await hub.join(client, room, 0)
        hub.send(client, b"room %d" % room)

    frames: list[list[bytes]] = []
    while sum(map(len, frames)) < 300:
        frames.append((await reader.frame())[1].split(b"\n"))
    assert [line for frame in frames for line in frame] == [b"room %d" % room for room in range(1, 301)]
    assert len(frames) < 10


async def test_who_resumes_from_where_they_are_goes_on_with_what_comes_then(make_client: MakeClient) -> None:
    truth = Truth()
    hub = new_hub(truth)
    client, reader = await make_client()
    await join(hub, client)

    assert await hub.join(client, 1, 0) == 0
    truth.rev = 1
    hub.publish(await truth.changes(1, 0))  # pending
    assert await hub.join(client, 1, 0) == 1
    hub.send(client, b"live")
    assert await hub.join(client, 1, 1) == 1
    assert await hub.join(client, 1, 0) == 1  # one who lost what they had
    truth.rev = 2
    hub.publish(await truth.changes(1, 1))

    assert await reader.lines(4) == [b"rev 1", b"live", b"rev 1", b"rev 2"]


async def test_nothing_is_read_for_one_who_is_closed(make_client: MakeClient) -> None:
    truth = Truth(line=b"x" * 10_000)
    hub = new_hub(truth)
    client, _ = await make_client()
    joining = await begin_to_join(hub, client, truth)

    client.ws.abort()
    await joining

    assert truth.read < 100
    assert not hub._channels[1].clients


async def test_what_is_loaded_while_another_history_begins_reaches_nobody_who_inherits_a_number(
    make_client: MakeClient,
) -> None:
    truth = Truth()
    hub = new_hub(truth)
    client, _ = await make_client()
    follower = await join(hub, client)
    channel, number = hub._channels[1], client.ws.fd

    truth.rev = 1
    truth.may_answer.clear()
    loading = asyncio.create_task(hub.loader.catch_up(channel, 1))
    await asyncio.sleep(0)
    hub.loader.enter_epoch("another")
    client.ws.abort()
    await follower.gone.wait()
    pairs = [socket.socketpair() for _ in range(50)]  # one of which inherits the number: the lowest ones come first
    others = {one.fileno(): other for pair in pairs for one, other in (pair, pair[::-1])}
    truth.may_answer.set()
    await loading
    hub.flush()

    others[number].setblocking(False)
    with pytest.raises(BlockingIOError):
        others[number].recv(1)
    assert channel.head == 1
    for one in others.values():
        one.close()


async def test_a_ring_costs_one_look_and_two_that_come_together_as_well(make_client: MakeClient) -> None:
    truth = Truth()
    hub, (client, reader) = new_hub(truth), await make_client()
    await join(hub, client)
    before, truth.rev = truth.asked_for_changes, 3
    async with running(hub.loader.load_for_ever):
        hub.advance(1, 3)
        hub.advance(1, 2)
        await until(lambda: hub._channels[1].head == 3)
        hub.advance(1, 3)
        hub.flush()

        assert await reader.lines(3) == [b"rev 1", b"rev 2", b"rev 3"]
        assert truth.asked_for_changes - before == 1

        truth.rev = 5
        hub.advance(1, 4)
        await until(lambda: hub._channels[1].head == 5)
        assert truth.asked_for_changes - before == 2


async def test_who_is_rung_for_what_is_not_there_yet_stays_where_they_are(make_client: MakeClient) -> None:
    truth = Truth()
    hub, (client, _) = new_hub(truth), await make_client()
    await join(hub, client)
    async with running(hub.loader.load_for_ever):
        before = truth.asked_for_changes
        hub.advance(1, 7)
        for _ in range(100):
            await asyncio.sleep(0)
        assert truth.asked_for_changes - before == 1  # and it does not ask again and again
        truth.rev = 7
        hub.advance(1, 7)
        await until(lambda: hub._channels[1].head == 7)
