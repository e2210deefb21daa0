#!/bin/sh
# Guess: connect() takes as long for the last free port of an address as for the first.
# In fact: to one address and port it takes Linux more than five times the CPU (here 25 and 650 µs) as soon as half of
# the ports of the own address are in use, far from the end of them: connect() takes the ports of one parity first, and
# looks through all of those in vain before it tries the others. A load that opens many sockets, or a proxy in front of a
# chat, feels that from the 14,117th of 28,232 on; a second address of one's own ends it.
# Versions: Linux 6.18, with the usual net.ipv4.ip_local_port_range, 32768 to 60999.
# Source: net/ipv4/inet_hashtables.c, __inet_hash_connect.

. "$(dirname "$0")/lib.sh"
[ "$(ulimit -Hn)" -ge 16000 ] || { echo "not tried: a process may not have 16,000 open files here" >&2; exit 2; }

expect 'behind half of the ports it takes more than five times as long
with a second address it does not' <<'END'
import os
import resource
import signal
import socket
import time
from pathlib import Path

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
first, last = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
half = (last - first + 1) // 2
listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
held = []

if (acceptor := os.fork()) == 0:
    while True:
        held.append(listener.accept())


def connect(count: int, own: str) -> float:
    """Seconds of CPU for each of so many connections from an address."""
    begun = time.process_time()
    for _ in range(count):
        sock = socket.socket()
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen by connect()
        sock.bind((own, 0))
        sock.connect(listener.getsockname())
        held.append(sock)
    return (time.process_time() - begun) / count


try:
    before = connect(half - 100, "127.0.9.1")
    connect(200, "127.0.9.1")
    behind, other = connect(300, "127.0.9.1"), connect(300, "127.0.9.2")
    is_slow, is_quick = behind > 5 * before, other < 5 * before
    print(f"behind half of the ports it takes {'more' if is_slow else 'no more'} than five times as long")
    print(f"with a second address it does{' not' if is_quick else ', too'}")
finally:
    os.kill(acceptor, signal.SIGKILL)
END
