"""Who follows which room, at the moments in which a socket begins to lag or ends."""

import os

from app.live.channel import Changes
from app.live.client import Client
from app.live.hub import Hub
from app.live.source import Heads
from tests.live.conftest import Ear, MakeClient


class EmptyRooms:
    """A truth in which nothing has happened yet."""

    gone = (OSError,)

    async def changes(self, room: int, after: int) -> Changes:
        return Changes(room, after, after, [])

    async def heads(self, rooms: object) -> Heads:
        return Heads("an epoch", {})


class Follower(Ear):
    """Tells the hub what becomes of its socket, as the chat does."""

    def __init__(self, hub: Hub, client: Client) -> None:
        super().__init__()
        self._hub, self._client = hub, client
        client.ws.begin(self)

    def blocked(self) -> None:
        self._hub.blocked(self._client)


def new_hub() -> Hub:
    return Hub(EmptyRooms(), lambda heads: b"heads", heartbeat_s=20)


async def test_who_is_closed_leaves_every_room_before_anything_is_written_again(make_client: MakeClient) -> None:
    hub = new_hub()
    (closed, closed_reads), (other, other_reads) = await make_client(1), await make_client(2)
    for client in (closed, other):
        Follower(hub, client)
        assert await hub.join(client, 1, 0) == 0

    hub.publish(Changes(1, 0, 1, [(1, 1, b"before")]))
    hub.flush()
    closed.ws.close(4001)
    hub.publish(Changes(1, 1, 2, [(2, 2, b"after")]))
    hub.flush()

    assert [*hub._channels[1].clients] == [other]
    assert closed.rooms == set()
    assert await other_reads.lines(2) == [b"before", b"after"]
    assert await closed_reads.frame() == (1, b"before")
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
    Follower(hub, client)
    await hub.join(client, 1, 0)
    size = 4_000_000

    client.ws.write(bytes(size))
    hub.flush()  # after which nothing waits in the outbox, and something still does in the transport
    taken = len(os.read(reader.writer.get_extra_info("socket").fileno(), size))  # now the network would take more
    hub.publish(Changes(1, 0, 1, [(1, 1, b"behind it")]))
    hub.flush()

    assert await reader.stream.readexactly(size - taken) == bytes(size - taken)
    assert await reader.frame() == (1, b"behind it")
