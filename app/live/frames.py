"""The frames that we write, see RFC 6455, section 5.2. All readers of a room get the same bytes."""

from collections.abc import Sequence

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A  # FIN and the opcode


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
