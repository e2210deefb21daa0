"""Starts programs of ours from a process that has imported Parley already, and is forked for each.

What `python -m app worker` imports takes most of its start. A fork has that, and then runs the module as `python -m`
does, in a session, with an environment and outputs of its own.
"""

import asyncio
import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

from app.process.processes import dies_with_us
from tests.support.processes import ROOT

# What the programs import, and not the programs: a module that is run must not be there yet.
IMPORTED = ("app.main", "app.db.embedded.embedded", "app.process.supervisor", "tests.faults.bugs.buggy_index")
IMPORTED += ("tests.faults.bugs.buggy_changes", "tests.faults.bugs.buggy_files", "tests.faults.client.client")
MESSAGE_BYTES = 128 * 1024


class Forked:
    """A process that is not our child, held by a descriptor: its number may become another's."""

    def __init__(self, descriptor: int, output: int) -> None:
        self._descriptor, self._output = descriptor, output

    async def first_words(self) -> bytes:
        """What it writes first to its output, which nobody reads afterwards; empty when it ends without a word."""
        await _until_readable(self._output)
        words = os.read(self._output, MESSAGE_BYTES)
        os.close(self._output)
        return words

    def send_signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # it has ended
            signal.pidfd_send_signal(self._descriptor, number)

    async def until_ended(self) -> None:
        await _until_readable(self._descriptor)
        os.close(self._descriptor)


async def _until_readable(descriptor: int) -> None:
    loop, is_readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(descriptor)


class Warm:
    """The process that is forked. It ends with us, and with it all that it forked."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__], cwd=ROOT, stdin=theirs, preexec_fn=dies_with_us(signal.SIGKILL)
            )

    def start(self, words: Sequence[str], environment: Mapping[str, str], errors: int) -> Forked:
        """Start `python -m` with these words; its input is empty, and its errors go to that file."""
        order = json.dumps([words, dict(environment)]).encode()
        output, its_end = os.pipe()
        socket.send_fds(self._orders, [order], [its_end, errors])
        os.close(its_end)
        _, descriptors, _, _ = socket.recv_fds(self._orders, 1, 1)
        assert descriptors, "the process that is forked has ended"
        return Forked(descriptors[0], output)

    def end(self) -> None:
        self._orders.close()
        self._process.wait()


@cache
def warm() -> Warm:
    """The one of this process."""
    made = Warm()
    atexit.register(made.end)
    return made


def until_forked(orders: socket.socket) -> list[str]:
    """Import what takes long, and fork for every order; returns in each fork, with the words that it is to run."""
    for module in IMPORTED:
        importlib.import_module(module)
    gc.freeze()  # no fork has to look through what they share
    lasting = dies_with_us(signal.SIGKILL)
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, MESSAGE_BYTES, 2)
        if not order:
            sys.exit()
        _bury()
        if not (pid := os.fork()):
            break
        _answer(orders, pid)
        for descriptor in descriptors:
            os.close(descriptor)
    words, environment = json.loads(order)
    if lasting is not None:
        lasting()
    os.setsid()
    orders.close()
    _redirect(*descriptors)
    os.environ.clear()
    os.environ.update(environment)
    return list(words)


def _answer(orders: socket.socket, pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    socket.send_fds(orders, [b"!"], [descriptor])
    os.close(descriptor)


def _bury() -> None:
    """Forget who has ended: whoever holds a descriptor has seen it."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _redirect(stdout: int, stderr: int) -> None:
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    for descriptor, number in ((stdout, 1), (stderr, 2)):
        os.dup2(descriptor, number)
        os.close(descriptor)


if __name__ == "__main__":
    sys.argv = until_forked(socket.socket(fileno=os.dup(0)))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
