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
from tests.live.conftest import MakeClient, Reader, Recorder

pytestmark = pytest.mark.usefixtures("each_way")


class Truth:
    """What has happened, for as long as it may be asked for: one event a rev, the same in all rooms."""

    gone = (OSError,)

    def __init__(self) -> None:
        self.rev = 0
        self.epoch = "an epoch"
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def changes(self, room: int, after: int) -> Changes:
        events = [(rev, rev, b"rev %d" % rev) for rev in range(after + 1, self.rev + 1)]
        await self.may_answer.wait()
        return Changes(room, after, max(after, self.rev), events)

    async def heads(self, rooms: Iterable[int]) -> Heads:
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
