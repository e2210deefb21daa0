"""One client: frames as RFC 6455 has them, and an outbox with an end."""

import asyncio
import json

import pytest

from app.live import websocket
from app.live.client import FRAME_BYTES, MAX_OUTBOX_BYTES, MAX_OUTBOX_EVENTS, STALLED_S, Client, Close
from app.live.frames import text_frame
from tests.live.conftest import MakeClient
from tests.support.load import PATIENCE_S

LINE = b"x" * 10_000


def deliver(client: Client, line: bytes) -> None:
    """As a channel does."""
    if not client.deliver(text_frame([line])):
        client.keep([line])


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
async def test_a_frame_of_any_size_arrives_whole(make_client: MakeClient, size: int) -> None:
    client, reader = await make_client()

    deliver(client, b"x" * size)

    assert await reader.frame() == (1, b"x" * size)


async def test_several_events_share_a_frame_one_a_line(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.keep([b"a", b"b"])
    client.flush(0)

    assert await reader.frame() == (1, b"a\nb")


async def test_what_comes_while_the_network_is_busy_waits_and_keeps_its_order(make_client: MakeClient) -> None:
    client, reader = await make_client()
    line = json.dumps("x" * 10_000).encode()

    sent = 0
    while not client.ws.lagging:
        deliver(client, line)
        sent += 1
    deliver(client, b"first")
    deliver(client, b"second")
    client.flush(0)
    assert client.waiting

    assert await reader.lines(sent) == [line] * sent
    assert not client.ws.lagging
    client.flush(0)
    assert await reader.frame() == (1, b"first\nsecond")


@pytest.mark.parametrize(
    ("line", "count"), [(b"x", MAX_OUTBOX_EVENTS + 1), (b"x" * 100_000, MAX_OUTBOX_BYTES // 100_000 + 1)]
)
async def test_a_reader_that_stops_is_cut_off_when_its_outbox_is_full(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, line: bytes, count: int
) -> None:
    monkeypatch.setattr(websocket, "LINGER_S", 0.01)
    client, reader = await make_client()
    while not client.ws.lagging:
        deliver(client, b"y" * 10_000)

    client.keep([line] * count)

    assert client.closed
    assert not client.waiting
    async with asyncio.timeout(PATIENCE_S):  # abort() frees the socket although nobody read a byte
        while not reader.stream.at_eof():
            await reader.stream.read(65_536)


async def test_a_large_batch_does_not_cut_off_a_reader_who_keeps_up(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.keep([b"x"] * (MAX_OUTBOX_EVENTS + 1))
    client.flush(0)

    assert not client.closed
    assert await reader.lines(MAX_OUTBOX_EVENTS + 1) == [b"x"] * (MAX_OUTBOX_EVENTS + 1)


async def test_closing_sends_the_code_and_nothing_after_it(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.close(Close.SESSION_ENDED)
    deliver(client, b"late")
    client.keep([b"later"])

    assert client.closed
    assert not client.waiting
    assert await reader.frame() == (8, (4001).to_bytes(2, "big"))
    reader.writer.write(b"\x88\x82" + bytes(4) + (4001).to_bytes(2, "big"))
    assert await reader.stream.read() == b""


async def test_what_waits_is_written_before_the_close(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.keep([b"ack"])
    client.close(Close.RESTART)

    assert await reader.frame() == (1, b"ack")
    assert await reader.frame() == (8, (1001).to_bytes(2, "big"))


async def test_whoever_is_sending_when_we_close_still_gets_the_code(make_client: MakeClient) -> None:
    client, reader = await make_client()

    reader.writer.write(b"x" * 1_000)
    client.close(Close.RESTART)
    reader.writer.write(b"x" * 1_000)
    await reader.writer.drain()

    assert await reader.frame() == (8, (1001).to_bytes(2, "big"))
    reader.writer.close()


def fill(client: Client) -> int:
    """Write until the network takes no more; returns the number of frames with a line of 10,000 bytes."""
    sent = 0
    while not client.ws.lagging:
        deliver(client, LINE)
        sent += 1
    return sent


async def test_a_reader_who_takes_nothing_while_something_waits_is_cut_off(make_client: MakeClient) -> None:
    client, _ = await make_client()
    fill(client)
    client.keep([b"waits"])

    client.flush(100)
    client.flush(100 + STALLED_S)
    assert not client.closed
    client.flush(100.1 + STALLED_S)

    assert client.closed


async def test_a_slow_reader_who_takes_a_little_each_time_is_not_cut_off(make_client: MakeClient) -> None:
    client, reader = await make_client()
    deliver(client, bytes(4_000_000))
    client.keep([b"waits"])

    turns = 0
    while left := unsent(client):
        client.flush(turns * (STALLED_S - 1))
        turns += 1
        async with asyncio.timeout(PATIENCE_S):
            while unsent(client) == left:
                await reader.stream.read(65_536)

    assert turns > 2
    assert client.waiting
    assert not client.closed


async def test_patience_begins_when_something_begins_to_wait(make_client: MakeClient) -> None:
    client, reader = await make_client()
    sent = fill(client)
    client.keep([b"waits"])
    client.flush(0)
    await reader.lines(sent)
    client.flush(1)
    assert await reader.lines(1) == [b"waits"]

    fill(client)
    client.keep([b"waits again"])
    client.flush(1_000)

    assert not client.closed


async def test_a_reader_for_whom_nothing_waits_may_be_quiet_for_ever(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.flush(0)
    client.flush(1_000_000)
    deliver(client, b"at last")

    assert await reader.frame() == (1, b"at last")


async def test_a_long_outbox_is_written_in_parts_and_what_is_not_taken_still_counts(make_client: MakeClient) -> None:
    client, reader = await make_client()
    lines = [b"%d" % number + LINE for number in range(100)]

    client.keep(lines)
    client.flush(0)

    assert client.waiting
    assert unsent(client) <= FRAME_BYTES + len(LINE) + 100
    reading = asyncio.create_task(reader.lines(100))
    while not reading.done():
        client.flush(0)
        await asyncio.sleep(0)
    assert await reading == lines


def unsent(client: Client) -> int:
    return client.ws.transport.get_write_buffer_size()
