"""The process that is forked: it has imported Parley, has compressed its static files, and has one thread.

A fork has a session, an environment, outputs and limits of its own, and runs its module as `python -m` does: it ends as
any process does. It is our child and no child of the tests, which ask us with what it has ended.
"""

import gc
import importlib
import json
import os
import pkgutil
import resource
import runpy
import signal
import socket
import sys
import tempfile
import time
from typing import Any

import app
from app.edge import pages
from app.process.processes import dies_with_us

PROGRAM = "app.__main__"  # a module that is run must not be there yet, and what it imports must
OTHERS = ("alembic.command", "alembic.autogenerate")
MESSAGE_BYTES = 128 * 1024
ORDERS = 0  # the descriptor on which orders come


def until_forked(orders: socket.socket) -> list[str]:
    """Do what takes long, and fork for every order; returns in each fork, with the words that it is to run."""
    for module in (*OTHERS, *(found.name for found in pkgutil.walk_packages(app.__path__, "app."))):
        importlib.import_module(module)
    del sys.modules[PROGRAM]
    pages.compress(pages.load(pages.STATIC))
    assert len(os.listdir("/proc/self/task")) == 1, "only one thread survives a fork"
    gc.freeze()  # no fork has to look through what they share
    lasting = dies_with_us(signal.SIGKILL)
    while True:
        message, descriptors, _, _ = socket.recv_fds(orders, MESSAGE_BYTES, 3)
        if not message:
            sys.exit()  # who has started us is gone; what we have forked goes with us
        order = json.loads(message)
        if "ended" in order:
            orders.send(str(_status(order["ended"])).encode())
        elif pid := os.fork():
            _answer(orders, pid)
            for descriptor in descriptors:
                os.close(descriptor)
        else:
            break
    if lasting is not None:
        lasting()
    orders.close()
    _become(order, *descriptors)
    return list(order["words"])


def _status(pid: int) -> int:
    """With what an ended child has ended, which is forgotten with that; as `Popen.returncode`."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _answer(orders: socket.socket, pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    socket.send_fds(orders, [str(pid).encode()], [descriptor])
    os.close(descriptor)


def _become(order: dict[str, Any], *descriptors: int) -> None:
    """Be as a process that was just started by these words, with these as its output, its errors and its input."""
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # unlike the tests, which may run under nohup
    if order["open_files"] is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["open_files"], order["open_files"]))
    for descriptor, number in zip(descriptors, (1, 2, 0), strict=True):
        os.dup2(descriptor, number)
    for descriptor in {*descriptors}:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    tempfile.tempdir = None


if __name__ == "__main__":
    sys.argv = until_forked(socket.socket(fileno=os.dup(ORDERS)))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
