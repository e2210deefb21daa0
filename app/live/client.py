"""One WebSocket as the hub sees it: a bounded outbox in front of a socket that is never awaited."""

import math
from collections import Counter
from collections.abc import Iterable
from enum import IntEnum

from app.live.frames import text_frame
from app.live.websocket import TOO_MANY_FRAMES, WebSocket

MAX_OUTBOX_EVENTS = 1_000
MAX_OUTBOX_BYTES = 1024 * 1024
FRAME_BYTES = 64 * 1024  # of an outbox that is written; what the network does not take stays in the outbox, and counts
FEW_EVENTS = 100  # which wait for the next flush though the network would take them
STALLED_S = 6.0


class Close(IntEnum):
    """Why a socket was closed; `docs/PROTOCOL.md` says what the client does then."""

    RESTART = 1001
    PROTOCOL_ABUSE = 1008
    OUR_FAULT = 1011
    OVERLOADED = 1013
    SESSION_ENDED = 4001
    TOO_SLOW = 4008
    RATE_LIMITED = TOO_MANY_FRAMES
    TOO_MANY_SOCKETS = 4011


closes: Counter[Close] = Counter()  # of this process: why it closed sockets


class Client:
    """A socket, and the events that it has not been sent yet.

    While the transport holds unsent bytes, events wait in the outbox. The socket is cut off (4008) when the outbox is
    full, or when events wait for `STALLED_S` seconds and the network takes nothing: a slow reader stays, a stopped one
    does not. The client resumes from its cursor. Nothing here waits for the network.
    """

    __slots__ = (
        "_least_unsent",
        "_outbox",
        "_outbox_bytes",
        "_taken_at",
        "early",
        "rooms",
        "session_id",
        "user_id",
        "ws",
    )

    def __init__(self, ws: WebSocket, user_id: int, session_id: int) -> None:
        self.ws = ws
        self._outbox: list[bytes] = []  # not a deque, which is 700 bytes when it is empty, as it is nearly always
        self._outbox_bytes = 0
        self._least_unsent = math.inf  # bytes in the transport when it last held fewer than before, at `_taken_at`
        self._taken_at = 0.0
        self.early: list[bytes] | None = None  # for its person, while its hello is made; kept by the hub
        self.rooms: set[int] = set()  # those that it follows; kept by the hub
        self.user_id = user_id
        self.session_id = session_id

    @property
    def closed(self) -> bool:
        return self.ws.closed

    @property
    def waiting(self) -> bool:
        """Whether the outbox holds events."""
        return bool(self._outbox)

    @property
    def outbox(self) -> tuple[int, int]:
        """How many events the outbox holds, and their bytes."""
        return len(self._outbox), self._outbox_bytes

    def keep(self, lines: Iterable[bytes]) -> None:
        """Put events into the outbox; cuts the socket off when it is full."""
        if self.closed:
            return
        if not self._outbox:
            self._least_unsent = math.inf  # nothing waited until now, so nobody has looked
        for line in lines:
            self._outbox.append(line)
            self._outbox_bytes += len(line)
        if len(self._outbox) > MAX_OUTBOX_EVENTS or self._outbox_bytes > MAX_OUTBOX_BYTES:
            if self.ws.lagging:
                self.close(Close.TOO_SLOW)
            self._write_some()  # a large batch is no reason to blame the reader: what is not taken waits

    def deliver(self, frame: bytes) -> bool:
        """Write a frame, together with what waits. False, and nothing is written, when that cannot be written now.

        Called for every reader of every message, so nothing is looked up twice.
        """
        ws = self.ws
        if ws.lagging or self._outbox_bytes > FRAME_BYTES:
            return False
        if self._outbox:
            frame = self._frame() + frame
        ws.write(frame)
        return True

    def flush(self, now: float) -> None:
        """Write the outbox if the network has taken everything before; cut off a reader who takes nothing for long.

        `now` is the loop's time. Progress is what counts, not an empty transport: a slow reader takes a little.
        """
        if self.closed:
            self._drop()
            return
        had_taken_all = not self.ws.lagging
        if had_taken_all:
            self._write_some()
        unsent = self.ws.transport.get_write_buffer_size()
        if had_taken_all or unsent < self._least_unsent:
            self._least_unsent, self._taken_at = unsent, now
        elif now - self._taken_at > STALLED_S:
            self.close(Close.TOO_SLOW)

    async def until_taken(self) -> None:
        """Wait until the network has taken what was written, and little waits behind it, or the socket is closed.

        That little is not written here: what many rooms add to it leaves in a few frames.
        """
        while (self.ws.lagging or self._waits_much()) and not self.closed:
            self._write_some()
            await self.ws.until_taken()

    def close(self, code: Close) -> None:
        """Close with a reason, after what waits."""
        if not self.closed:
            closes[code] += 1
            self._write_some()
        self._drop()
        self.ws.close(code)

    def _waits_much(self) -> bool:
        return len(self._outbox) > FEW_EVENTS or self._outbox_bytes > FRAME_BYTES

    def _write_some(self) -> None:
        """Write frames until the network takes no more."""
        while self._outbox and not self.ws.lagging:
            self.ws.write(self._frame())

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
