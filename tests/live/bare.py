"""The least that makes a WebSocket of a TCP connection, for those who do not keep to the protocol."""

import socket

from tests.support.load import PATIENCE_S

_HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def bare_socket(port: int, cookie: str, *, receive_bytes: int | None = None) -> socket.socket:
    """A blocking connection behind its handshake; `receive_bytes`: how much the kernel takes before it is read."""
    sock = socket.socket()
    if receive_bytes is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    sock.settimeout(PATIENCE_S)
    sock.connect(("127.0.0.1", port))
    sock.sendall(_HANDSHAKE.format(port=port, cookie=cookie).encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += (one := sock.recv(1))
        assert one, answer
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    return sock


def masked(first: int, payload: bytes = b"") -> bytes:
    """A frame with a mask that changes nothing; `first` is its FIN and its opcode."""
    size = bytes((128 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return bytes((first,)) + size + bytes(4) + payload


def close_code(sock: socket.socket) -> int | None:
    """Read to the end; the code of the close frame that stood there last, None where the connection was cut off."""
    received = b""
    try:
        while more := sock.recv(65_536):
            received = (received + more)[-4:]
    except ConnectionResetError:
        pass
    return int.from_bytes(received[2:], "big") if received[:2] == b"\x88\x02" else None
