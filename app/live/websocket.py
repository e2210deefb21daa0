"""One WebSocket after its handshake, straight on its transport: no task, no timer and no lock of its own.

aiohttp shakes hands and reads frames; between the two it would keep the request, a parser and a task for as long as
the socket lives, which is most of what a quiet one costs. So the connection is taken over from it.
"""

import asyncio
import os
import random
from typing import Protocol

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http import WebSocketError, WebSocketReader

from app.live.frames import PING_FRAME, close_frame, pong_frame

# Seconds of silence until a ping, then half as long for an answer: whoever stopped reading is gone in 15 s, even in a
# quiet room. At random, so that those who came together are not all asked, and cut off, together.
PING_S = (6.0, 8.5)
LINGER_S = 2.0  # for the other side to close too; after it only `abort` frees the socket of one who has stopped reading

_NORMAL = 1000


class Handler(Protocol):
    """Who hears what a socket says."""

    def on_message(self, message: WSMessage) -> None:
        """A text or a binary message; never after the socket was closed."""

    def on_blocked(self) -> None:
        """From now on `write_to_each` must leave the socket out: something waits in its transport, or it is closed."""

    def on_lost(self) -> None:
        """The socket is gone, whoever closed it; told once, last."""


async def take_over(request: web.Request, max_message_bytes: int) -> "WebSocket | None":
    """Answer 101, and take the connection away from aiohttp, which then forgets all that it knew of it.

    None when it was lost meanwhile. Whatever the handler returns after that is sent to nobody.

    Raises:
        web.HTTPBadRequest: this is no handshake as RFC 6455, section 4.2.1, wants it.
    """
    await web.WebSocketResponse(compress=False).prepare(request)
    protocol, transport = request.protocol, request.transport
    if not isinstance(transport, asyncio.Transport):
        return None
    protocol.transport = None  # or it would close what it is about to lose
    protocol.connection_lost(None)
    return WebSocket(transport, max_message_bytes)


class WebSocket(asyncio.Protocol):
    """A transport that speaks frames.

    `lagging` says whether the network has not yet taken what was written, `closed` that nothing more will be heard.
    `fd` is another's once the connection is lost.
    """

    __slots__ = ("_handler", "_inbox", "_linger", "_loop", "_ping_s", "_pinged_at", "_reader", "_received_at",
                 "_taken", "closed", "fd", "lagging", "transport")  # fmt: skip

    def __init__(self, transport: asyncio.Transport, max_message_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self.transport = transport
        self.fd: int = transport.get_extra_info("socket").fileno()
        self.closed = transport.is_closing()
        self.lagging = transport.get_write_buffer_size() > 0
        self._handler: Handler | None = None
        self._taken: asyncio.Event | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._received_at = self._loop.time()
        self._pinged_at = 0.0  # 0: nothing was asked since it was heard
        self._ping_s = random.uniform(*PING_S)  # noqa: S311 (spreads, protects nothing)
        self._inbox = _Inbox(self, max_message_bytes, loop=self._loop)
        self._reader = WebSocketReader(self._inbox, max_message_bytes, compress=False, decode_text=True)
        transport.set_write_buffer_limits(high=0)  # so that we are told of every byte that waits
        transport.set_protocol(self)
        transport.resume_reading()

    def begin(self, handler: Handler) -> None:
        """Let somebody hear what is said from now on."""
        self._handler = handler
        if self.closed or self.lagging:
            handler.on_blocked()

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
        """Say farewell behind all that was written; whoever does not answer is cut off after two seconds.

        What still comes is dropped, but read: a connection that is closed with unread bytes is reset, and whoever was
        just sending never learns why.
        """
        if not self.closed:
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
        self.transport.resume_reading()

    def beat(self, now: float) -> None:
        """Ask one who has been silent for long whether they live; cut off one who did not answer."""
        if not self.transport.is_reading():
            self._received_at, self._pinged_at = now, 0.0  # it is we who do not listen
        elif self._pinged_at and now - self._pinged_at > self._ping_s / 2:
            self.abort()
        elif not self._pinged_at and now - self._received_at > self._ping_s and not self.closed:
            self._pinged_at = now
            self.write(PING_FRAME)

    # What the transport tells

    def data_received(self, data: bytes) -> None:
        self._received_at, self._pinged_at = self._loop.time(), 0.0
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

    def _take(self, message: WSMessage) -> None:
        if message.type is WSMsgType.CLOSE:
            if not self.closed:
                self.transport.write(close_frame(message.data or _NORMAL))
                self._end()
            self.transport.close()
        elif self.closed:
            return  # what was on its way when we closed is not obeyed: the session may have ended
        elif message.type is WSMsgType.PING:
            if not self.lagging:  # who asks and never reads would fill our memory with answers
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
    """What the reader has read, for as long as it reads."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._messages: list[WSMessage] = []

    def feed_data(self, data: WSMessage, size: int) -> None:  # type: ignore[override]
        self._messages.append(data)

    def take(self) -> list[WSMessage]:
        messages, self._messages = self._messages, []
        return messages
