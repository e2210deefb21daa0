"""One client: frames as RFC 6455 has them, and an outbox with an end."""

import asyncio
import json

import pytest

from app.live import client as client_module
from app.live.client import MAX_OUTBOX_BYTES, MAX_OUTBOX_EVENTS, Close, text_frame
from tests.live.conftest import MakeClient


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
async def test_a_frame_of_any_size_arrives_whole(make_client: MakeClient, size: int) -> None:
    client, reader = await make_client()

    client.deliver(text_frame([b"x" * size]), [b"x" * size])

    assert await reader.frame() == (1, b"x" * size)


async def test_several_events_share_a_frame_one_a_line(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.keep([b"a", b"b"])
    client.flush()

    assert await reader.frame() == (1, b"a\nb")


async def test_what_comes_while_the_network_is_busy_waits_and_keeps_its_order(make_client: MakeClient) -> None:
    client, reader = await make_client()
    line = json.dumps("x" * 10_000).encode()

    sent = 0
    while not client.lagging:
        client.deliver(text_frame([line]), [line])
        sent += 1
    client.deliver(text_frame([b"first"]), [b"first"])
    client.deliver(text_frame([b"second"]), [b"second"])
    client.flush()
    assert client.waiting

    assert await reader.lines(sent) == [line] * sent
    assert not client.lagging
    client.flush()
    assert await reader.frame() == (1, b"first\nsecond")


@pytest.mark.parametrize(
    ("line", "count"), [(b"x", MAX_OUTBOX_EVENTS + 1), (b"x" * 100_000, MAX_OUTBOX_BYTES // 100_000 + 1)]
)
async def test_a_reader_that_stops_is_cut_off_when_its_outbox_is_full(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, line: bytes, count: int
) -> None:
    monkeypatch.setattr(client_module, "ABORT_AFTER_S", 0.01)
    client, reader = await make_client()
    while not client.lagging:
        client.deliver(text_frame([b"y" * 10_000]), [b"y" * 10_000])

    client.keep([line] * count)

    assert client.closed
    assert not client.waiting
    async with asyncio.timeout(5):  # abort() frees the socket although nobody read a byte
        while not reader.stream.at_eof():
            await reader.stream.read(65_536)


async def test_a_large_batch_does_not_cut_off_a_reader_who_keeps_up(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.keep([b"x"] * (MAX_OUTBOX_EVENTS + 1))
    client.flush()

    assert not client.closed
    assert await reader.lines(MAX_OUTBOX_EVENTS + 1) == [b"x"] * (MAX_OUTBOX_EVENTS + 1)


async def test_closing_tells_the_code_and_nothing_after_it(make_client: MakeClient) -> None:
    client, reader = await make_client()

    client.close(Close.SESSION_ENDED)
    client.deliver(text_frame([b"late"]), [b"late"])
    client.keep([b"later"])

    assert await reader.frame() == (8, (4001).to_bytes(2, "big"))
    assert await reader.stream.read() == b""
    assert not client.waiting
