"""Writes one frame to many sockets, past their transports. This runs for every reader of every message.

It looks only at the number of each socket. Looking at the reader's objects, which are not in the processor's cache,
would cost a fifth more. Where the kernel has io_uring, one call writes to all sockets, which costs a sixth less.
Elsewhere it is one call for each.
"""

import contextlib
import functools
import itertools
import logging
import os
import socket
from collections.abc import Sequence

from app.live.io_uring import IoUring

log = logging.getLogger(__name__)

FEW = 30  # sockets: for so few, a call for each is as quick as one call for all
LARGE = 1024 * 1024  # bytes, more than a send buffer of a quarter of it takes

Short = list[tuple[int, int]]
"""The sockets that did not take all of a frame, and how much they took, in bytes."""


def write_to_each(fds: Sequence[int], frame: bytes) -> Short:
    """Write a frame to sockets that are not blocked, see `websocket.Handler`; who did not take all of it."""
    if len(fds) > FEW and (io_uring := shared_io_uring()) is not None and max(fds) < io_uring.SIZE:
        return io_uring.write_to_each(fds, frame)
    return write_one_by_one(fds, frame)


def write_one_by_one(fds: Sequence[int], frame: bytes) -> Short:
    """The same with a call for each socket, on every system."""
    write, size = os.write, len(frame)
    short: Short = []
    for fd in fds:
        try:
            sent = write(fd, frame)
        except OSError:  # the transport meets the same, and deals with it
            sent = 0
        if sent < size:
            short.append((fd, sent))
    return short


@functools.cache
def shared_io_uring() -> IoUring | None:
    """The io_uring of this process; None where there is none, or where it does not work as expected."""
    try:
        io_uring = IoUring()
    except OSError as error:
        log.info("frames go to one socket a call reason=%s", error)
        return None
    if is_right(io_uring):
        return io_uring
    log.warning("frames go to one socket a call reason=io_uring does not report exactly what was not taken")
    io_uring.close()
    return None


def is_right(io_uring: IoUring) -> bool:
    """Whether io_uring reports to the byte what was not taken, tried with a socket that has room and one that has not.

    Not every kernel that answers as Linux is Linux.
    """
    (free, free_end), (full, full_end) = pairs = socket.socketpair(), socket.socketpair()
    with contextlib.ExitStack() as sockets:
        for one in itertools.chain(*pairs):
            sockets.enter_context(one).setblocking(False)
        full.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGE // 4)
        all_taken = io_uring.write_to_each([free.fileno(), full.fileno()], b"first")
        part_taken = io_uring.write_to_each([full.fileno()], bytes(LARGE))
        none_taken = io_uring.write_to_each([full.fileno(), free.fileno()], b"last")
        if all_taken or none_taken != [(full.fileno(), 0)] or len(part_taken) != 1:
            return False
        return received(free_end) == b"firstlast" and received(full_end) == b"first" + bytes(part_taken[0][1])


def received(end: socket.socket) -> bytes:
    """All that a socket has to read now."""
    parts = []
    with contextlib.suppress(BlockingIOError):
        while part := end.recv(LARGE):
            parts.append(part)
    return b"".join(parts)
