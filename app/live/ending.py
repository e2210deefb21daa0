"""The end of a socket that we close."""

import asyncio
from typing import Any

LINGER_S = 2.0

_CLOSE_FRAME = b"\x88\x82"  # a browser's, masked, with a code and no reason
_CLOSE_FRAME_BYTES = 8


class Ending(asyncio.Protocol):
    """Takes a transport over after our close frame: drops what still comes, and ends when the other side does.

    A connection that is closed with unread bytes is reset, and whoever was just sending never learns why. But closing
    needs the other side: after `LINGER_S` only `abort` frees the socket of one that has stopped reading.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._before: Any = transport.get_protocol()
        self._timer = asyncio.get_running_loop().call_later(LINGER_S, transport.abort)
        transport.set_protocol(self)
        transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if data[-_CLOSE_FRAME_BYTES:].startswith(_CLOSE_FRAME):
            self._transport.close()

    def pause_writing(self) -> None:
        self._before.pause_writing()

    def resume_writing(self) -> None:
        self._before.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._before.connection_lost(exc)
