"""One WebSocket on a transport of its own: frames in, closing, silence, and what the handler is called for."""

import asyncio
import socket
import struct

import pytest

from app.live import websocket
from app.live.websocket import WebSocket
from tests.live.conftest import MAX_MESSAGE_BYTES, MakeClient, Reader, Recorder
from tests.support.load import PATIENCE_S

MASK = bytes((1, 2, 3, 4))
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A frame as a client sends it."""
    size = bytes((128 | len(payload),)) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
    masked = bytes(byte ^ MASK[index % 4] for index, byte in enumerate(payload))
    return bytes((fin << 7 | opcode,)) + size + MASK + masked


class Pair:
    """A socket of ours, what it receives, and its other side."""

    def __init__(self, ws: WebSocket, reader: Reader) -> None:
        self.ws, self.reader, self.recorder = ws, reader, Recorder()
        ws.begin(self.recorder)

    def say(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> None:
        self.reader.writer.write(frame(opcode, payload, fin=fin))

    async def received(self) -> object:
        async with asyncio.timeout(PATIENCE_S):
            return (await self.recorder.messages.get()).data

    async def is_gone(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.recorder.gone.wait()


@pytest.fixture
async def pair(make_client: MakeClient) -> Pair:
    client, reader = await make_client()
    return Pair(client.ws, reader)


async def test_messages_are_received_one_by_one_however_they_were_cut(pair: Pair) -> None:
    pair.say(TEXT, b"one")
    pair.say(TEXT, "zwöl".encode()[:4], fin=False)
    pair.say(0, "zwöl".encode()[4:] + b"f")
    pair.say(BINARY, b"three")

    assert [await pair.received() for _ in range(3)] == ["one", "zwölf", b"three"]


async def test_a_ping_is_answered_with_what_it_carried_and_nobody_receives_it(pair: Pair) -> None:
    pair.say(PING, b"are you there")
    pair.say(PONG)
    pair.say(TEXT, b"next")

    assert await pair.reader.frame() == (PONG, b"are you there")
    assert await pair.received() == "next"


async def test_who_asks_and_does_not_read_fills_no_memory(pair: Pair) -> None:
    pair.ws.write(bytes(4_000_000))
    before = pair.ws.transport.get_write_buffer_size()

    for _ in range(100):
        pair.say(PING, b"x" * 100)
    pair.say(TEXT, b"received")
    assert await pair.received() == "received"

    assert 0 < pair.ws.transport.get_write_buffer_size() <= before


@pytest.mark.parametrize(
    ("opcode", "payload", "code"),
    [(TEXT, b"\xff", 1007), (TEXT, bytes(MAX_MESSAGE_BYTES + 1), 1009), (3, b"", 1002), (CLOSE, b"x", 1002)],
)
async def test_what_breaks_the_protocol_is_sent_its_code_and_received_by_nobody(
    pair: Pair, opcode: int, payload: bytes, code: int
) -> None:
    pair.say(opcode, payload)

    assert await pair.reader.frame() == (CLOSE, code.to_bytes(2, "big"))
    assert pair.ws.closed
    assert pair.recorder.messages.empty()


@pytest.mark.parametrize(("code", "answer"), [(4999, 4999), (5000, 1002), (65_535, 1002)])
async def test_a_farewell_with_a_code_that_cannot_be_is_answered_as_broken(pair: Pair, code: int, answer: int) -> None:
    pair.say(CLOSE, code.to_bytes(2, "big"))

    assert await pair.reader.frame() == (CLOSE, answer.to_bytes(2, "big"))
    await pair.is_gone()


async def test_a_farewell_is_answered_in_kind_and_ends_the_connection(pair: Pair) -> None:
    pair.say(CLOSE, (4321).to_bytes(2, "big"))

    assert await pair.reader.frame() == (CLOSE, (4321).to_bytes(2, "big"))
    assert await pair.reader.stream.read() == b""
    await pair.is_gone()


async def test_after_our_farewell_nothing_is_received_and_the_answer_ends_the_connection(pair: Pair) -> None:
    pair.ws.close(4001)
    pair.say(TEXT, b"too late")
    pair.say(CLOSE, (4001).to_bytes(2, "big"))

    assert await pair.reader.frame() == (CLOSE, (4001).to_bytes(2, "big"))
    assert await pair.reader.stream.read() == b""
    await pair.is_gone()
    assert pair.recorder.messages.empty()


@pytest.mark.parametrize("way", ["farewell", "end", "silence"])
async def test_a_reader_who_has_stopped_is_freed_whoever_ends_it(
    pair: Pair, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "LINGER_S", 0.01)
    pair.ws.write(bytes(4_000_000))
    assert pair.ws.lagging

    match way:
        case "farewell":
            pair.say(CLOSE, (1000).to_bytes(2, "big"))
        case "end":
            pair.reader.writer.write_eof()
        case "silence":
            pair.ws.close(1001)

    await pair.is_gone()


async def test_who_is_silent_is_asked_once_and_who_answers_stays(pair: Pair) -> None:
    now = asyncio.get_running_loop().time()

    pair.ws.beat(now + websocket.PING_S[1] + 1)
    pair.ws.beat(now + websocket.PING_S[1] + 2)
    assert await pair.reader.frame() == (PING, b"")
    pair.say(PONG)
    pair.say(TEXT, b"alive")
    assert await pair.received() == "alive"
    pair.ws.beat(now + 1)

    assert not pair.ws.closed
    pair.ws.close(1001)
    assert await pair.reader.frame() == (CLOSE, (1001).to_bytes(2, "big"))


async def test_who_does_not_answer_is_cut_off_within_fifteen_seconds(pair: Pair) -> None:
    now = asyncio.get_running_loop().time()

    moments = [now + step / 2 for step in range(30)]
    for moment in moments:
        pair.ws.beat(moment)

    await pair.is_gone()


async def test_who_is_not_listened_to_is_not_called_silent(pair: Pair) -> None:
    now = asyncio.get_running_loop().time()
    pair.ws.pause_reading()

    for step in range(100):
        pair.ws.beat(now + step)
    pair.ws.resume_reading()
    pair.say(TEXT, b"still here")

    assert await pair.received() == "still here"


async def test_waiting_for_a_slow_reader_ends_when_it_has_read_or_is_gone(pair: Pair) -> None:
    for end in ("read", "gone"):
        pair.ws.write(bytes(4_000_000))
        waiting = asyncio.create_task(pair.ws.until_taken())
        await asyncio.sleep(0)
        assert not waiting.done()

        if end == "read":
            await pair.reader.stream.readexactly(4_000_000)
        else:
            pair.ws.abort()
        async with asyncio.timeout(PATIENCE_S):
            await waiting


async def test_frames_come_whole_and_in_order_however_little_the_network_takes(pair: Pair) -> None:
    frames = [bytes((number,)) * 300_000 for number in range(10)]
    for frame in frames:
        pair.ws.write(frame)
    assert pair.ws.lagging

    assert await pair.reader.stream.readexactly(3_000_000) == b"".join(frames)

    while pair.ws.lagging:  # noqa: ASYNC110 (nothing else is called then)
        await asyncio.sleep(0)
    pair.ws.write(b"the end")
    assert await pair.reader.stream.readexactly(7) == b"the end"


async def test_what_is_written_to_one_who_is_gone_reaches_nobody_else(pair: Pair) -> None:
    number = pair.ws.transport.get_extra_info("socket").fileno()
    pair.ws.abort()
    await pair.is_gone()
    pairs = [socket.socketpair() for _ in range(50)]  # one of which inherits the number: the lowest ones come first
    others = {one.fileno(): other for pair in pairs for one, other in (pair, pair[::-1])}
    others[number].setblocking(False)

    pair.ws.write(b"not for you")

    with pytest.raises(BlockingIOError):
        others[number].recv(1)
    for one in others.values():
        one.close()


@pytest.mark.parametrize("end", ["ours", "theirs", "abort", "lost"])
async def test_the_end_of_a_socket_is_reported_before_its_number_is_given_away(pair: Pair, end: str) -> None:
    match end:
        case "ours":
            pair.ws.close(1001)
        case "theirs":
            pair.say(CLOSE, (1000).to_bytes(2, "big"))
            assert await pair.reader.frame() == (CLOSE, (1000).to_bytes(2, "big"))
        case "abort":
            pair.ws.abort()
        case "lost":
            pair.ws.connection_lost(None)

    assert pair.ws.closed
    assert pair.recorder.times_blocked == 1


async def test_whoever_begins_to_handle_a_socket_that_lags_or_is_closed_is_called(make_client: MakeClient) -> None:
    client, _ = await make_client()
    client.ws.write(bytes(4_000_000))
    lagging, closed = Recorder(), Recorder()

    client.ws.begin(lagging)
    client.ws.abort()
    client.ws.begin(closed)

    assert (lagging.times_blocked, closed.times_blocked) == (2, 1)
