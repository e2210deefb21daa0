"""Frames of every kind are counted, over all sockets of a person; what is not masked is not obeyed."""

import asyncio
import itertools
import random

import pytest
from aiohttp.http import WebSocketError

from app.live.frames import FRAMES_BURST, FRAMES_PER_S, FrameCounter, FrameRate, FrameRates
from app.live.websocket import WebSocket
from tests.live.conftest import MakeClient, Reader
from tests.live.test_websocket import BINARY, CLOSE, PING, PONG, TEXT, Pair, frame
from tests.support.sockets import until

MANY = 100_000
BEYOND_COUNTING = 10**9


def counted(stream: bytes, cuts: list[int]) -> int:
    counter = FrameCounter()
    pieces = itertools.pairwise([0, *sorted(cuts), len(stream)])
    return sum(counter.count(stream[begin:end], BEYOND_COUNTING) for begin, end in pieces)


def test_each_frame_is_counted_once_wherever_the_network_cuts() -> None:
    chance = random.Random(6455)
    sizes = [0, 1, 125, 126, 127, 5_000, 65_535]
    long = b"\x82\xff" + (70_000).to_bytes(8, "big") + bytes(4 + 70_000)
    stream = b"".join(frame(BINARY, bytes(size)) for size in sizes) + long + frame(PING) * 3
    number = len(sizes) + 1 + 3

    assert counted(stream, []) == number
    for _ in range(200):
        assert counted(stream, chance.choices(range(len(stream)), k=20)) == number
    headers = frame(PING) + frame(BINARY, bytes(200)) + long[:14] + bytes(70_000) + frame(PONG)
    assert counted(headers, list(range(len(headers)))) == 4


def test_counting_stops_where_there_are_too_many() -> None:
    assert FrameCounter().count(frame(PING) * MANY, most=10) == 11


@pytest.mark.parametrize("cuts", [[], [1], [5, 6, 7]])
def test_a_frame_without_a_mask_is_an_error_wherever_it_stands(cuts: list[int]) -> None:
    with pytest.raises(WebSocketError, match="not masked"):
        counted(frame(PING) + b"\x81\x02hi", cuts)


def test_a_rate_allows_a_burst_then_so_many_a_second() -> None:
    rate = FrameRate(per_s=10, burst=100)

    assert rate.spend(100, now=1_000)
    assert not rate.spend(1, now=1_000)
    assert rate.spend(9, now=1_001)
    assert not rate.spend(2, now=1_001)


async def test_a_rate_is_a_persons_and_outlives_their_sockets() -> None:
    rates = FrameRates(posts_per_s=1, posts_burst=20)

    assert rates.of(1) is rates.of(1)
    assert rates.of(1) is not rates.of(2)
    assert (rates.of(1).per_s, rates.of(1).burst) == (FRAMES_PER_S + 1, FRAMES_BURST + 20)


async def test_only_those_who_have_made_up_for_all_that_they_sent_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.live.frames.MAX_PEOPLE", 2)
    rates = FrameRates(posts_per_s=1, posts_burst=20)
    busy, idle, _ = (rates.of(user_id) for user_id in range(3))
    busy.spend(10_000, asyncio.get_running_loop().time())

    rates.of(3)

    assert rates.of(0) is busy
    assert rates.of(1) is not idle


@pytest.mark.parametrize(
    "flood",
    [frame(PING), frame(PONG), frame(0, fin=False), frame(BINARY), frame(PING, bytes(100))],
    ids=["pings", "pongs", "continuations", "messages", "large pings"],
)
async def test_a_flood_of_frames_of_any_kind_closes_the_socket_and_nobody_reads_on(
    make_client: MakeClient, flood: bytes
) -> None:
    client, reader = await make_client()
    pair = Pair(client.ws, reader)
    pair.say(TEXT, b"a message that ", fin=False)  # which continuations go on with

    reader.writer.write(flood * MANY)

    code = (4009).to_bytes(2, "big")
    while (received := await reader.frame()) != (CLOSE, code):
        assert received[0] == PONG
    assert client.ws.closed
    assert not client.ws.transport.is_reading()
    assert pair.recorder.messages.qsize() <= FRAMES_BURST


async def test_all_sockets_of_a_person_count_together(make_client: MakeClient) -> None:
    pairs = [Pair(*await opened(make_client)) for _ in range(10)]

    for pair in pairs:
        pair.reader.writer.write(frame(PONG) * (FRAMES_BURST // 5))

    await until(lambda: any(pair.ws.closed for pair in pairs))
    assert not all(pair.ws.closed for pair in pairs[:4])


async def test_something_that_comes_byte_by_byte_is_counted_too(make_client: MakeClient) -> None:
    pair = Pair(*await opened(make_client))
    long = frame(TEXT, bytes(5_000))

    for at in range(len(long)):
        pair.ws.data_received(long[at : at + 1])

    assert pair.ws.closed


async def test_a_frame_without_a_mask_closes_the_socket_and_is_not_obeyed(make_client: MakeClient) -> None:
    pair = Pair(*await opened(make_client))
    pair.say(TEXT, b"masked")
    assert await pair.received() == "masked"

    pair.reader.writer.write(b"\x81\x04bare")
    pair.say(TEXT, b"masked again")

    assert await pair.reader.frame() == (CLOSE, (1002).to_bytes(2, "big"))
    await pair.is_gone()
    assert pair.recorder.messages.empty()


async def opened(make_client: MakeClient) -> tuple[WebSocket, Reader]:
    client, reader = await make_client()
    return client.ws, reader
