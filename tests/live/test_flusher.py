"""The moment of writing: at once when quiet, gathered under load, never waiting for a socket."""

import asyncio

import pytest

from app.live import flusher as flusher_module
from app.live.channel import Changes, Channel
from app.live.client import STALLED_S, Client
from app.live.flusher import Flusher
from app.live.frames import text_frame
from tests.live.conftest import MakeClient, Reader, Recorder
from tests.support.load import PATIENCE_S

pytestmark = pytest.mark.usefixtures("each_way")


def new_channel() -> Channel:
    return Channel(Changes(1, 0, 0, []))


def publish(channel: Channel, flusher: Flusher, rev: int) -> None:
    assert channel.accept(Changes(1, rev - 1, rev, [(rev, rev, b"rev %d" % rev)]))
    flusher.touch(channel)


class Blocked(Recorder):
    """Tells the flusher, as the hub does."""

    def __init__(self, flusher: Flusher, client: Client) -> None:
        super().__init__()
        self._flusher, self._client = flusher, client

    def on_blocked(self) -> None:
        self._flusher.on_blocked(self._client)


def follow(channel: Channel, flusher: Flusher, *clients: Client) -> None:
    for client in clients:
        client.ws.begin(Blocked(flusher, client))
        channel.clients[client] = client.ws.fd


async def one_follower(make_client: MakeClient) -> tuple[Channel, Flusher, Client, Reader]:
    channel, flusher = new_channel(), Flusher()
    client, reader = await make_client()
    follow(channel, flusher, client)
    return channel, flusher, client, reader


async def test_events_of_one_turn_share_a_frame(make_client: MakeClient) -> None:
    channel, flusher, _, reader = await one_follower(make_client)

    for rev in (1, 2, 3):
        publish(channel, flusher, rev)

    assert await reader.frame() == (1, b"rev 1\nrev 2\nrev 3")


async def test_what_one_client_is_sent_comes_before_what_the_room_is_sent_later(make_client: MakeClient) -> None:
    channel, flusher, client, reader = await one_follower(make_client)

    flusher.send(client, b"ack")
    publish(channel, flusher, 1)

    assert await reader.lines(2) == [b"ack", b"rev 1"]


async def test_after_a_long_flush_the_next_one_gathers(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, flusher, _, reader = await one_follower(make_client)
    loop = asyncio.get_running_loop()
    now = loop.time()
    with monkeypatch.context() as patched:
        times = iter([now, now, now + 10])  # asked when scheduled, when begun, when ended: it took ten seconds
        patched.setattr(loop, "time", lambda: next(times))
        publish(channel, flusher, 1)
        flusher.flush()
    assert await reader.frame() == (1, b"rev 1")

    publish(channel, flusher, 2)

    assert flusher._timer is not None
    assert flusher._timer.when() == pytest.approx(now + 10 + flusher_module.MAX_GATHER_S)
    publish(channel, flusher, 3)
    flusher.flush()
    assert await reader.frame() == (1, b"rev 2\nrev 3")


async def test_a_late_client_is_tried_again_until_it_has_everything(make_client: MakeClient) -> None:
    channel, flusher = new_channel(), Flusher()
    (slow, slow_reads), (quick, quick_reads) = await make_client(1), await make_client(2)
    follow(channel, flusher, slow, quick)
    line, filled = b"x" * 100_000, 0
    while slow.deliver(text_frame([line])):
        filled += 1

    for rev in (1, 2):
        publish(channel, flusher, rev)
        assert await quick_reads.lines(1) == [b"rev %d" % rev]

    assert await slow_reads.lines(filled + 2) == [line] * filled + [b"rev 1", b"rev 2"]


async def test_nobody_waits_for_the_next_try_of_a_late_client(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flusher_module, "RETRY_LATE_S", 1_000)
    channel, flusher = new_channel(), Flusher()
    (slow, _), (quick, quick_reads) = await make_client(1), await make_client(2)
    follow(channel, flusher, slow, quick)
    while slow.deliver(text_frame([b"x" * 100_000])):
        pass

    async with asyncio.timeout(PATIENCE_S):
        for rev in (1, 2, 3):
            publish(channel, flusher, rev)
            assert await quick_reads.lines(1) == [b"rev %d" % rev]


async def test_a_client_is_asked_only_while_its_socket_is_blocked(make_client: MakeClient) -> None:
    channel, flusher, client, reader = await one_follower(make_client)

    client.ws.write(bytes(4_000_000))
    publish(channel, flusher, 1)
    flusher.flush()
    assert client.waiting

    await reader.stream.readexactly(4_000_000)
    assert await reader.frame() == (1, b"rev 1")
    flusher.flush()
    assert flusher._apart == set()
    publish(channel, flusher, 2)
    assert await reader.frame() == (1, b"rev 2")


async def test_a_reader_who_lags_for_the_first_time_in_long_is_not_called_stopped(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, flusher, client, reader = await one_follower(make_client)
    flusher.send(client, b"ack")
    assert await reader.frame() == (1, b"ack")
    loop = asyncio.get_running_loop()
    later = loop.time() + STALLED_S + 1
    monkeypatch.setattr(loop, "time", lambda: later)
    line = b"x" * 4_000_000

    assert channel.accept(Changes(1, 0, 1, [(1, 1, line)]))
    flusher.touch(channel)
    flusher.flush()

    assert client.ws.lagging
    assert not client.closed
    assert await reader.frame() == (1, line)
