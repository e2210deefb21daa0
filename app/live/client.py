"""One WebSocket as the hub sees it: a bounded outbox in front of a transport that is never awaited.

Frames are built here (RFC 6455, section 5.2) and written to the transport directly: the same bytes serve every reader
of a room, and a write never suspends. aiohttp's own pings, pongs and closes go through the same transport, whole.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from enum import IntEnum

MAX_OUTBOX_EVENTS = 1_000
MAX_OUTBOX_BYTES = 1024 * 1024
ABORT_AFTER_S = 2

_TEXT, _CLOSE = 0x81, 0x88  # FIN and the opcode


class Close(IntEnum):
    """Why a socket was closed; `docs/PROTOCOL.md` says what the client does then."""

    RESTART = 1001
    PROTOCOL_ABUSE = 1008
    OVERLOADED = 1013
    SESSION_ENDED = 4001
    TOO_SLOW = 4008
    RATE_LIMITED = 4009
    TOO_MANY_SOCKETS = 4011


def text_frame(lines: Sequence[bytes]) -> bytes:
    """One text frame with these events, one a line."""
    payload = lines[0] if len(lines) == 1 else b"\n".join(lines)
    return _header(_TEXT, len(payload)) + payload


def _header(first: int, size: int) -> bytes:
    if size < 126:
        return bytes((first, size))
    if size < 65_536:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")


class Client:
    """What a socket still has to be told.

    While the transport holds unsent bytes, events wait in the outbox; a full outbox cuts the socket off (4008), and the
    client resumes from its cursor. Nothing here waits for the network.
    """

    __slots__ = ("_abort", "_outbox", "_outbox_bytes", "_transport", "rooms", "session_id", "user_id")

    def __init__(self, transport: asyncio.Transport, user_id: int, session_id: int) -> None:
        self._transport = transport
        self._outbox: deque[bytes] = deque()
        self._outbox_bytes = 0
        self._abort: asyncio.TimerHandle | None = None
        self.rooms: set[int] = set()  # those that it follows; kept by the hub
        self.user_id = user_id
        self.session_id = session_id

    @property
    def lagging(self) -> bool:
        """Whether the network has not yet taken what was written before."""
        return self._transport.get_write_buffer_size() > 0

    @property
    def closed(self) -> bool:
        return self._transport.is_closing()

    @property
    def waiting(self) -> bool:
        """Whether the outbox holds events."""
        return bool(self._outbox)

    def keep(self, lines: Iterable[bytes]) -> None:
        """Put events behind all that waits; cuts the socket off when the outbox is full."""
        if self.closed:
            return
        for line in lines:
            self._outbox.append(line)
            self._outbox_bytes += len(line)
        if len(self._outbox) > MAX_OUTBOX_EVENTS or self._outbox_bytes > MAX_OUTBOX_BYTES:
            if self.lagging:
                self.close(Close.TOO_SLOW)
            else:
                self.flush()  # a large batch is no reason to blame the reader

    def deliver(self, frame: bytes, lines: Sequence[bytes]) -> None:
        """Write a ready frame of these events, or keep them when something waits before them."""
        if self.closed:
            return
        if self._outbox or self.lagging:
            self.keep(lines)
        else:
            self._transport.write(frame)

    def flush(self) -> None:
        """Write the outbox as one frame, if the network has taken everything before."""
        if self.closed:
            self._drop()
        elif self._outbox and not self.lagging:
            self._transport.write(text_frame(tuple(self._outbox)))
            self._drop()

    def close(self, code: Close) -> None:
        """Close with a reason; whoever does not read it is cut off after two seconds.

        Closing needs the reader too: only `abort` frees a socket whose other side has stopped reading.
        """
        if self.closed:
            return
        self._drop()
        self._transport.write(_header(_CLOSE, 2) + int(code).to_bytes(2, "big"))
        self._transport.close()
        self._abort = asyncio.get_running_loop().call_later(ABORT_AFTER_S, self._transport.abort)

    def detach(self) -> None:
        """Let go of the transport: its connection is lost, and there is nothing left to abort."""
        if self._abort is not None:
            self._abort.cancel()

    def _drop(self) -> None:
        self._outbox.clear()
        self._outbox_bytes = 0
