"""One WebSocket as the hub sees it: a bounded outbox in front of a transport that is never awaited.

Frames are built here (RFC 6455, section 5.2) and written to the transport directly: the same bytes serve every reader
of a room, and a write never suspends. aiohttp's own pings, pongs and closes go through the same transport, whole.
"""

import asyncio
import math
from collections.abc import Iterable, Sequence
from enum import IntEnum

from app.live.ending import LINGER_S, Ending

MAX_OUTBOX_EVENTS = 1_000
MAX_OUTBOX_BYTES = 1024 * 1024
FRAME_BYTES = 64 * 1024  # of an outbox that is written; what the network does not take stays in the outbox, and counts
STALLED_S = 6.0
TAKEN_POLL_S = 0.02

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

    While the transport holds unsent bytes, events wait in the outbox. A full outbox cuts the socket off (4008), and so
    do `STALLED_S` seconds in which events waited and the network took nothing: a slow reader lives, a stopped one does
    not. The client resumes from its cursor. Nothing here waits for the network.
    """

    __slots__ = (
        "_ending",
        "_least_unsent",
        "_outbox",
        "_outbox_bytes",
        "_taken_at",
        "_transport",
        "rooms",
        "session_id",
        "user_id",
    )

    def __init__(self, transport: asyncio.Transport, user_id: int, session_id: int) -> None:
        self._transport = transport
        self._outbox: list[bytes] = []  # not a deque, which is 700 bytes when it is empty, as it is nearly always
        self._outbox_bytes = 0
        self._least_unsent = math.inf  # bytes in the transport when it was seen to shrink last, at `_taken_at`
        self._taken_at = 0.0
        self._ending: Ending | None = None
        self.rooms: set[int] = set()  # those that it follows; kept by the hub
        self.user_id = user_id
        self.session_id = session_id

    @property
    def lagging(self) -> bool:
        """Whether the network has not yet taken what was written before."""
        return self._transport.get_write_buffer_size() > 0

    @property
    def closed(self) -> bool:
        return self._ending is not None or self._transport.is_closing()

    @property
    def waiting(self) -> bool:
        """Whether the outbox holds events."""
        return bool(self._outbox)

    async def until_taken(self) -> None:
        """Wait until the network has taken what was written, or the socket is closed."""
        while self.lagging and not self.closed:  # noqa: ASYNC110 (aiohttp hears of it, not we)
            await asyncio.sleep(TAKEN_POLL_S)

    def keep(self, lines: Iterable[bytes]) -> None:
        """Put events behind all that waits; cuts the socket off when the outbox is full."""
        if self.closed:
            return
        if not self._outbox:
            self._least_unsent = math.inf  # nothing waited until now, so nobody has looked
        for line in lines:
            self._outbox.append(line)
            self._outbox_bytes += len(line)
        if len(self._outbox) > MAX_OUTBOX_EVENTS or self._outbox_bytes > MAX_OUTBOX_BYTES:
            if self.lagging:
                self.close(Close.TOO_SLOW)
            else:
                self._write_all()  # a large batch is no reason to blame the reader

    def deliver(self, frame: bytes) -> bool:
        """Write a ready frame; False, and nothing is written, when something waits before it that is not written yet.

        Called for every reader of every message: nothing is looked up twice, and an ack that waits goes along.
        """
        transport = self._transport
        if transport.get_write_buffer_size() or self._outbox_bytes > FRAME_BYTES:
            return False
        if self._ending is None and not transport.is_closing():
            if self._outbox:
                frame = self._frame() + frame
            transport.write(frame)
        return True

    def flush(self, now: float) -> None:
        """Write the outbox if the network has taken everything before; cut off a reader who takes nothing for long.

        `now` is the loop's time. Progress is what counts, not an empty transport: a slow reader takes a little.
        """
        if self.closed:
            self._drop()
            return
        had_taken_all = not self.lagging
        if had_taken_all:
            self._write_some()
        unsent = self._transport.get_write_buffer_size()
        if had_taken_all or unsent < self._least_unsent:
            self._least_unsent, self._taken_at = unsent, now
        elif now - self._taken_at > STALLED_S:
            self.close(Close.TOO_SLOW)

    def close(self, code: Close) -> None:
        """Close with a reason, after what waits; whoever does not answer is cut off after two seconds."""
        if self.closed:
            return
        self._write_some()
        self._drop()
        self._transport.write(_header(_CLOSE, 2) + int(code).to_bytes(2, "big"))
        if not self._transport.is_closing():  # which a write may find out
            self._ending = Ending(self._transport)

    def detach(self) -> None:
        """Let go of the transport, whoever closed it: what the network does not take in two seconds is dropped."""
        if self.lagging:
            asyncio.get_running_loop().call_later(LINGER_S, self._abort)

    def _abort(self) -> None:
        if self.lagging:  # with nothing left to write it has ended by itself
            self._transport.abort()

    def _write_some(self) -> None:
        """Write frames until the network takes no more."""
        while self._outbox and not self.lagging:
            self._write_frame()

    def _write_all(self) -> None:
        while self._outbox:
            self._write_frame()

    def _write_frame(self) -> None:
        self._transport.write(self._frame())

    def _frame(self) -> bytes:
        """The first `FRAME_BYTES` of the outbox, or all there is, taken out."""
        count = size = 0
        while count < len(self._outbox) and size < FRAME_BYTES:
            size += len(self._outbox[count])
            count += 1
        lines, self._outbox = self._outbox[:count], self._outbox[count:]
        self._outbox_bytes -= size
        return text_frame(lines)

    def _drop(self) -> None:
        self._outbox.clear()
        self._outbox_bytes = 0
