"""The frames that we write, and the count of those that come, see RFC 6455, section 5.2.

All readers of a room get the same bytes. What comes is counted, by person over all their sockets in this process: many
a frame never becomes a command, such as a ping, a pong or a part of a message that does not end. aiohttp's reader
counts none of them, and takes those that are not masked.
"""

import asyncio
from collections.abc import Sequence

from aiohttp.http import WebSocketError, WSCloseCode

FRAMES_PER_S, FRAMES_BURST = 100, 1_000  # beside what a person may post; a page of ours has a few a second
MAX_PEOPLE = 10_000  # who are remembered without a look at who may be forgotten

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A  # FIN and the opcode
_MASKED = 0x80
_MASK_BYTES = 4


def text_frame(lines: Sequence[bytes]) -> bytes:
    """One text frame with these events, one a line."""
    payload = lines[0] if len(lines) == 1 else b"\n".join(lines)
    return _header(_TEXT, len(payload)) + payload


def close_frame(code: int) -> bytes:
    """A close frame with its code."""
    return _header(_CLOSE, 2) + code.to_bytes(2, "big")


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping, which carries what the ping did."""
    return _header(_PONG, len(payload)) + payload


def _header(first: int, size: int) -> bytes:
    if size < 126:
        return bytes((first, size))
    if size < 65_536:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")


PING_FRAME = _header(_PING, 0)


class FrameRate:
    """What one person may send: the generic cell rate algorithm, with one number as its state."""

    __slots__ = ("_free_at", "burst", "per_s")

    def __init__(self, per_s: float, burst: int) -> None:
        self.per_s, self.burst = per_s, burst
        self._free_at = 0.0  # when all that was sent is made up for

    def spend(self, frames: int, now: float) -> bool:
        """Count frames at a time in seconds; False when they are more than allowed."""
        self._free_at = max(self._free_at, now) + frames / self.per_s
        return self._free_at - now <= self.burst / self.per_s

    def is_free(self, now: float) -> bool:
        return self._free_at <= now


class FrameRates:
    """The rate of each person. It outlives their sockets: who was closed does not begin anew with another."""

    def __init__(self, posts_per_s: float, posts_burst: int) -> None:
        self._limits = FRAMES_PER_S + posts_per_s, FRAMES_BURST + posts_burst
        self._of: dict[int, FrameRate] = {}

    def of(self, user_id: int) -> FrameRate:
        """A person's rate, for one more socket."""
        if len(self._of) > MAX_PEOPLE:
            now = asyncio.get_running_loop().time()
            self._of = {user: rate for user, rate in self._of.items() if not rate.is_free(now)}
        return self._of.setdefault(user_id, FrameRate(*self._limits))


class FrameCounter:
    """Walks over the bytes of one socket from header to header, see RFC 6455, section 5.2."""

    __slots__ = ("_begun", "_rest")

    def __init__(self) -> None:
        self._begun = b""  # of a header that the next bytes go on with
        self._rest = 0  # bytes to the next header

    def count(self, data: bytes, most: int) -> int:
        """How many headers end in the next bytes of the socket; stops behind `most`, and is of no more use then.

        Raises:
            WebSocketError: a frame is not masked, which section 5.1 has a server close for.
        """
        if self._begun:
            data, self._begun = self._begun + data, b""
        at, end, frames = self._rest, len(data), 0
        while at < end and frames <= most:
            size = _frame_bytes(data, at)
            if size == 0:
                self._begun, self._rest = data[at:], 0
                return frames
            frames += 1
            at += size
        self._rest = at - end
        return frames


def _frame_bytes(data: bytes, at: int) -> int:
    """The size of the frame that begins at a place, its header included; 0 where the header is not complete."""
    if len(data) - at < 2:
        return 0
    length = data[at + 1] - _MASKED
    if length < 0:
        raise WebSocketError(WSCloseCode.PROTOCOL_ERROR, "Received a frame that is not masked")
    if length < 126:
        return 2 + _MASK_BYTES + length
    ends = at + (4 if length == 126 else 10)
    if len(data) < ends:
        return 0
    return ends - at + _MASK_BYTES + int.from_bytes(data[at + 2 : ends], "big")
