#!/bin/sh
# Guess: TCP_NOTSENT_LOWAT decides when a socket is called writable; a write still takes what the send buffer holds, so
# only SO_SNDBUF, which slows far readers down, bounds what the kernel keeps for a reader who has stopped.
# In fact: it bounds what write() takes, too. And set on the listening socket it holds for all that are accepted. By
# default the kernel takes megabytes for each stopped reader, with it a fraction.
# Versions: Linux 6.18.
# Source: the kernel's documentation, ip-sysctl, tcp_notsent_lowat ("sendmsg() will also not add new buffers if the
# limit is hit").

. "$(dirname "$0")/lib.sh"

expect 'accepted sockets have it: 65536
a stopped reader costs less than a quarter of the default' <<'END'
import select
import socket
import time

LOWAT = 64 * 1024


def taken(lowat: int | None) -> tuple[int, int]:
    """What the kernel takes for a reader who reads nothing, and the setting of the accepted socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if lowat:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, lowat)
        with socket.create_connection(listener.getsockname()) as reader, listener.accept()[0] as writer:
            writer.setblocking(False)
            total, quiet_since = 0, time.monotonic()
            while time.monotonic() - quiet_since < 1:
                try:
                    total += writer.send(bytes(4096))  # whether it is called writable or not
                    quiet_since = time.monotonic()
                except BlockingIOError:
                    select.select([], [], [], 0.02)
            return total, writer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT)


(default, _), (bounded, inherited) = taken(None), taken(LOWAT)
print("accepted sockets have it:", inherited)
part = bounded / default
print("a stopped reader costs", "less than a quarter of the default" if part < 0.25 else f"{part:.2f} of the default")
END
