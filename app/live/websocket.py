"""One WebSocket after its handshake, straight on its transport: no task, no timer and no lock of its own.

aiohttp makes the handshake, and its reader reads the frames. But for as long as the socket lives it would keep the
request, a parser and a task, which is most of the cost of a quiet socket. So we take the connection over from it.
"""

import asyncio
import os
import random
from typing import Protocol

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http import WebSocketError, WebSocketReader, WSCloseCode

from app.live.frames import PING_FRAME, FrameCounter, FrameRate, close_frame, pong_frame

# Seconds of silence until a ping, then half as long for the answer: whoever stopped reading is gone in 15 s, even in a
# quiet room. Random, so that sockets which were opened together are not all pinged, or cut off, together.
PING_S = (6.0, 8.5)
LINGER_S = 2.0  # until `abort`, which frees the socket even when the other side has stopped reading

_NORMAL, _LOST, _END_OF_CODES = 1000, 1006, 5000  # RFC 6455, 7.4.2; aiohttp takes any above 2999
TOO_MANY_FRAMES = 4009


class Handler(Protocol):
    """What a socket calls."""

    def on_message(self, message: WSMessage) -> None:
        """A text or a binary message; never after the socket was closed."""

    def on_blocked(self) -> None:
        """Something waits in the transport, or the socket is closed: `write_to_each` must leave it out from now on."""

    def on_lost(self) -> None:
        """The socket is gone, whoever closed it. Called once, last."""


async def take_over(request: web.Request, max_message_bytes: int, rate: FrameRate) -> "WebSocket | None":
    """Answer 101, and take the connection away from aiohttp, which then drops all that it kept for it.

    None when it was lost meanwhile. What the request's handler returns after that is sent to nobody.

    Raises:
        web.HTTPBadRequest: this is no handshake as RFC 6455, section 4.2.1, asks for.
    """
    await web.WebSocketResponse(compress=False).prepare(request)
    protocol, transport = request.protocol, request.transport
    if not isinstance(transport, asyncio.Transport):
        return None
    protocol.transport = None  # or it would close what it is about to lose
    protocol.connection_lost(None)
    return WebSocket(transport, max_message_bytes, rate)


class WebSocket(asyncio.Protocol):
    """A transport that speaks frames; `code` is why it was closed, by whoever closed it first: 1006 without a word.

    `lagging`: the network has not yet taken all that was written. `closed`: nothing more is received. `closed_by_us`:
    what was received before is not to be obeyed either. Once the connection is lost, another one may get its `fd`.
    """

    __slots__ = ("_began_at", "_frames", "_handler", "_inbox", "_linger", "_loop", "_ping_s", "_pinged_at", "_rate",
                 "_reader", "_received_at", "_taken", "closed", "closed_by_us", "code", "fd",
                 "lagging", "transport")  # fmt: skip

    def __init__(self, transport: asyncio.Transport, max_message_bytes: int, rate: FrameRate) -> None:
        self._loop = asyncio.get_running_loop()
        self.transport = transport
        self.fd: int = transport.get_extra_info("socket").fileno()
        self.closed, self.closed_by_us = transport.is_closing(), False
        self.lagging = transport.get_write_buffer_size() > 0
        self._handler: Handler | None = None
        self._taken: asyncio.Event | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._received_at = self._began_at = self._loop.time()
        self.code = _LOST
        self._pinged_at = 0.0  # 0: not since the last data came
        self._ping_s = random.uniform(*PING_S)  # noqa: S311 (spreads, protects nothing)
        self._rate, self._frames = rate, FrameCounter()
        self._inbox = _Inbox(self, max_message_bytes, loop=self._loop)
        self._reader = WebSocketReader(self._inbox, max_message_bytes, compress=False, decode_text=True)
        transport.set_write_buffer_limits(high=0)  # so that `pause_writing` is called for every byte that waits
        transport.set_protocol(self)
        transport.resume_reading()

    def begin(self, handler: Handler) -> None:
        """Call this handler from now on."""
        self._handler = handler
        if self.closed or self.lagging:
            handler.on_blocked()

    @property
    def lasted_s(self) -> float:
        return self._loop.time() - self._began_at

    # Writing

    def write(self, frame: bytes) -> None:
        """Send a frame behind all that was written before; nothing once the socket is closed."""
        if self.closed:
            return
        sent = 0
        if not self.lagging:
            try:
                sent = os.write(self.fd, frame)
            except OSError:  # the transport meets the same, and deals with it
                sent = 0
        if sent < len(frame):
            self.transport.write(frame[sent:])

    async def until_taken(self) -> None:
        """Wait until the network has taken what was written, or the socket is closed."""
        while self.lagging and not self.closed:
            self._taken = self._taken or asyncio.Event()
            await self._taken.wait()

    def close(self, code: int) -> None:
        """Send a close frame behind all that was written; whoever does not answer is cut off after two seconds.

        What still comes is read and dropped. A connection that is closed with unread bytes is reset, and who was just
        sending would not get the code.
        """
        self.closed_by_us = True
        if not self.closed:
            self.code = code
            self.transport.write(close_frame(code))
            self.transport.resume_reading()
            self._end()

    def abort(self) -> None:
        """Cut the connection off, whatever was still to be sent."""
        self._end()
        self.transport.abort()

    def pause_reading(self) -> None:
        """Let what comes wait in the network."""
        if not self.closed:
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        if not self.closed:
            self.transport.resume_reading()

    def beat(self, now: float) -> None:
        """Send a ping after a long silence; cut the connection off when no answer came."""
        if not self.transport.is_reading():
            self._received_at, self._pinged_at = now, 0.0  # we do not read, so silence means nothing
        elif self._pinged_at and now - self._pinged_at > self._ping_s / 2:
            self.abort()
        elif not self._pinged_at and now - self._received_at > self._ping_s and not self.closed:
            self._pinged_at = now
            self.write(PING_FRAME)

    # Called by the transport

    def data_received(self, data: bytes) -> None:
        self._received_at, self._pinged_at = self._loop.time(), 0.0
        try:
            self._count(data)
        except WebSocketError as broken:
            self.close(broken.code)
            self.transport.pause_reading()  # whatever comes until the connection is cut off
            return
        self._reader.feed_data(data)
        for message in self._inbox.take():
            self._take(message)
        error = self._inbox.exception()
        if isinstance(error, WebSocketError):
            self.close(error.code)

    def pause_writing(self) -> None:
        self.lagging = True
        self._call_on_blocked()

    def resume_writing(self) -> None:
        self.lagging = False
        self._wake()

    def eof_received(self) -> None:
        self._end()  # and the transport closes itself

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        if self._linger is not None:
            self._linger.cancel()
        handler, self._handler = self._handler, None
        if handler is not None:
            handler.on_lost()

    # Inside

    def _count(self, data: bytes) -> None:
        """Count the frames in what came; where there is none whole, as one: each time something comes costs, too."""
        frames = self._frames.count(data, most=self._rate.burst)
        if not self._rate.spend(max(1, frames), self._received_at):
            raise WebSocketError(TOO_MANY_FRAMES, "Received too many frames")

    def _take(self, message: WSMessage) -> None:
        if message.type is WSMsgType.CLOSE:
            if not self.closed:
                code = message.data or _NORMAL
                self.code = code if code < _END_OF_CODES else WSCloseCode.PROTOCOL_ERROR
                self.transport.write(close_frame(self.code))
                self._end()
            self.transport.close()
        elif self.closed:
            return  # the session may have ended: what was on its way when we closed is not obeyed
        elif message.type is WSMsgType.PING:
            if not self.lagging:  # who sends pings and never reads would fill our memory with answers
                self.write(pong_frame(message.data))
        elif message.type is not WSMsgType.PONG and self._handler is not None:
            self._handler.on_message(message)

    def _end(self) -> None:
        if not self.closed:
            self.closed = True
            self._call_on_blocked()
        self._wake()
        if self._linger is None:
            self._linger = self._loop.call_later(LINGER_S, self.transport.abort)

    def _call_on_blocked(self) -> None:
        if self._handler is not None:
            self._handler.on_blocked()

    def _wake(self) -> None:
        if self._taken is not None:
            self._taken.set()
            self._taken = None


class _Inbox(WebSocketDataQueue):
    """The messages that aiohttp's reader has read, until they are taken."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._messages: list[WSMessage] = []

    def feed_data(self, data: WSMessage, size: int) -> None:  # type: ignore[override]
        self._messages.append(data)

    def take(self) -> list[WSMessage]:
        messages, self._messages = self._messages, []
        return messages
