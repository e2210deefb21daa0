"""What tests have of a process that was forked: as `subprocess.Popen` has it, though it is no child of theirs."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from tests.support.warm import server

ROOT = Path(__file__).parents[3]
AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OPENSSL_", "SSL_")  # what is read as Python starts
READ_BYTES = 64 * 1024


class Process:
    """Held by a descriptor, as its number may become another's. It is a zombie until `poll` or `wait` sees its end."""

    def __init__(self, warm: "Warm", words: Sequence[str], pid: int, descriptor: int, output: int) -> None:
        self.pid, self.descriptor = pid, descriptor
        self.returncode: int | None = None
        self.stdout = os.fdopen(output)
        self._warm, self._words = warm, words
        self._asking = threading.Lock()

    def poll(self) -> int | None:
        """As `Popen.poll`."""
        with self._asking:
            if self.returncode is None and _is_readable(self.descriptor, 0):
                self.returncode = self._warm.status(self.pid)
                os.close(self.descriptor)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """As `Popen.wait`."""
        if self.returncode is None and not _is_readable(self.descriptor, timeout):
            raise subprocess.TimeoutExpired(self._words, timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """As `Popen.communicate`: until all that could write has ended."""
        deadline = None if timeout is None else time.monotonic() + timeout
        written = bytearray()
        while True:
            if not _is_readable(self.stdout.fileno(), _left(deadline)):
                raise subprocess.TimeoutExpired(self._words, timeout or 0)
            if not (read := os.read(self.stdout.fileno(), READ_BYTES)):
                break
            written += read
        self.stdout.close()
        self.wait(_left(deadline))
        return written.decode(), None

    def send_signal(self, number: signal.Signals) -> None:
        """As `Popen.send_signal`."""
        with suppress(ProcessLookupError):  # it has ended
            if self.poll() is None:
                signal.pidfd_send_signal(self.descriptor, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Warm:
    """The process that is forked. It ends with us, however we end, and with it all that it forked."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ordering = threading.Lock()
        self._at_start = _at_start(os.environ)
        words = [sys.executable, "-m", server.__name__]
        with theirs:  # in a session of its own: Ctrl-C in the terminal is for us
            self._process = subprocess.Popen(
                words, cwd=ROOT, stdin=theirs, stdout=subprocess.DEVNULL, start_new_session=True
            )

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether a fork is what a start with this environment would be."""
        return _at_start(environment) == self._at_start

    def start(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        errors: int | None = None,
        open_files: int | None = None,
        given: int | None = None,
    ) -> Process:
        """Fork `python -m` with these words; its errors go to that file, or to its output.

        Its input is empty, or that file; it may have so many open files.
        """
        output, its_end = os.pipe()
        order = {"words": words, "environment": dict(environment), "open_files": open_files}
        with open(os.devnull, "rb") as nothing:
            theirs = [its_end, its_end if errors is None else errors, nothing.fileno() if given is None else given]
            try:
                number, descriptors = self._ask(order, theirs)
            finally:
                os.close(its_end)
        return Process(self, words, int(number), descriptors[0], output)

    def status(self, pid: int) -> int:
        """With what a process has ended that is a zombie."""
        return int(self._ask({"ended": pid}, [])[0])

    def _ask(self, order: Mapping[str, object], descriptors: Sequence[int]) -> tuple[bytes, list[int]]:
        with self._ordering:
            socket.send_fds(self._orders, [json.dumps(order).encode()], descriptors)
            answer, received, _, _ = socket.recv_fds(self._orders, 32, 1)
        assert answer, "the process that is forked has ended"
        return answer, received

    def end(self) -> None:
        self._orders.close()
        self._process.wait()


@cache
def warm() -> Warm:
    """The one of this process."""
    made = Warm()
    atexit.register(made.end)
    return made


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(AT_START)}


def _is_readable(descriptor: int, timeout_s: float | None) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(None if timeout_s is None else 1_000 * timeout_s))


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0, deadline - time.monotonic())
