"""One system call that writes to many sockets: Linux's io_uring, where the kernel offers it.

We put entries into a queue in memory that we share with the kernel. Then one call does them all. Names, numbers and
layout are those of io_uring_setup(2), io_uring_enter(2) and linux/io_uring.h.

No entry waits for a socket, so when the call returns all are done. Kernel and process take turns on one thread, so no
memory barrier is needed.
"""

import ctypes
import mmap
import os
import struct
import sys
from array import array
from collections.abc import Sequence

_SETUP, _ENTER = 425, 426  # the system calls, under the same numbers on every architecture of today
_SUBMIT_ALL, _SINGLE_ISSUER = 1 << 7, 1 << 12  # of setup; the second is there from Linux 6.0 on
_SENDMSG, _SKIP_SUCCESS = 9, 1 << 6  # of an entry: what to do, and to report only a failure
# MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL of sendmsg, by number, as not every system has the names. A socket without
# room fails at once. One with room for a part takes the part, and fails as well; so it is reported.
_FLAGS = 0x40 | 0x100 | 0x4000
_ENTRIES_AT = 0x10000000  # what to map for the entries; the queues are at 0
_ENTRY = struct.Struct("=BBHiQQIIQ24x")  # opcode, flags, –, fd, –, addr, len, msg_flags, user_data


def _numbers(*names: str) -> list[tuple[str, type[ctypes.c_uint32]]]:
    return [(name, ctypes.c_uint32) for name in names]


class _Submissions(ctypes.Structure):
    """Where the parts of the queue of entries are, in bytes."""

    _fields_ = (*_numbers("head", "tail", "mask", "size", "flags", "dropped", "array", "-"), ("--", ctypes.c_uint64))


class _Completions(ctypes.Structure):
    """Where the parts of the queue of reports are, in bytes."""

    _fields_ = (*_numbers("head", "tail", "mask", "size", "overflow", "cqes", "flags", "-"), ("--", ctypes.c_uint64))


class _Params(ctypes.Structure):
    _fields_ = (
        *_numbers("submissions_size", "completions_size", "flags", "cpu", "idle", "features", "wq", "-", "--", "---"),
        ("submissions", _Submissions),
        ("completions", _Completions),
    )


class _Report(ctypes.Structure):
    _fields_ = (("user_data", ctypes.c_uint64), ("result", ctypes.c_int32), ("flags", ctypes.c_uint32))


class _Buffer(ctypes.Structure):
    """A `struct iovec`."""

    _fields_ = (("base", ctypes.c_char_p), ("size", ctypes.c_size_t))


class _Message(ctypes.Structure):
    """A `struct msghdr`."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_size", ctypes.c_uint32),
        ("buffers", ctypes.POINTER(_Buffer)),
        ("buffers_size", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_size", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class IoUring:
    """Writes from the thread that made it, to sockets whose numbers are below `SIZE`.

    Entry n never changes: send the message to socket n. So for each frame we change one message, and put the numbers of
    the sockets into the queue.

    Raises:
        OSError: there is no io_uring, or this process may not use it.
    """

    SIZE = 16_384  # a power of two, as the kernel would round it up

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise OSError("io_uring is Linux's")
        self._system_call = ctypes.CDLL(None, use_errno=True).syscall
        params = _Params(flags=_SUBMIT_ALL | _SINGLE_ISSUER)
        self._fd: int = self._system_call(_SETUP, self.SIZE, ctypes.byref(params))
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self._buffer = _Buffer()
        self._message = _Message(buffers=ctypes.pointer(self._buffer), buffers_size=1)
        self._entries = mmap.mmap(self._fd, _ENTRY.size * self.SIZE, offset=_ENTRIES_AT)
        self._entries[:] = b"".join(map(self._entry, range(self.SIZE)))

        submissions, completions = params.submissions, params.completions
        self._queues = mmap.mmap(
            self._fd,
            max(submissions.array + 4 * self.SIZE, completions.cqes + ctypes.sizeof(_Report) * params.completions_size),
        )
        self._submitted = memoryview(self._queues)[submissions.array : submissions.array + 4 * self.SIZE].cast("I")
        self._submitted_until = ctypes.c_uint32.from_buffer(self._queues, submissions.tail)
        self._completed = (_Report * params.completions_size).from_buffer(self._queues, completions.cqes)
        self._read_until = ctypes.c_uint32.from_buffer(self._queues, completions.head)
        self._reported_until = ctypes.c_uint32.from_buffer(self._queues, completions.tail)

    def _entry(self, fd: int) -> bytes:
        return _ENTRY.pack(
            *(_SENDMSG, _SKIP_SUCCESS, 0, fd, 0),
            *(ctypes.addressof(self._message), 1, _FLAGS, fd),
        )

    def write_to_each(self, fds: Sequence[int], frame: bytes) -> list[tuple[int, int]]:
        """Write a frame to many sockets; which did not take all of it, and how much they took. No socket twice."""
        self._buffer.base, self._buffer.size = frame, len(frame)
        begin = self._submitted_until.value
        self._submit(begin % self.SIZE, array("I", fds))
        self._submitted_until.value = begin + len(fds)  # of 32 bits, as the kernel counts
        done = max(0, self._system_call(_ENTER, self._fd, len(fds), 0, 0, None, 0))
        self._submitted_until.value = begin + done  # where the kernel had no memory, it left the rest of the queue
        return [*self._reports(), *((fd, 0) for fd in fds[done:])]

    def _submit(self, start: int, numbers: "array[int]") -> None:
        """Put the numbers of entries into the queue; what does not fit at its end goes to its beginning."""
        before, behind = numbers[: self.SIZE - start], numbers[self.SIZE - start :]
        self._submitted[start : start + len(before)] = before
        self._submitted[: len(behind)] = behind

    def _reports(self) -> list[tuple[int, int]]:
        reports = []
        while self._read_until.value != self._reported_until.value:
            report = self._completed[self._read_until.value % len(self._completed)]
            reports.append((report.user_data, max(0, report.result)))
            self._read_until.value += 1
        return reports

    def close(self) -> None:
        os.close(self._fd)
