"""How many files and sockets a process may have open, and what it says where they are not enough."""

import asyncio
import errno
import logging
import resource
from typing import Any

EVERY_S = 10.0
FEW = 4_096
_MOST = 1_048_576  # where there is no limit; Linux refuses more by default (fs.nr_open)
_NONE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = logging.getLogger(__name__)


class Counted:
    """A warning for what may happen thousands of times: a line for the first, then one with a count while it lasts."""

    def __init__(self, message: str) -> None:
        self._message, self._times = message, 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self) -> None:
        self._times += 1
        if self._timer is None:
            self._say()

    def _say(self) -> None:
        self._timer = None
        if self._times:
            log.warning("%s times=%d", self._message, self._times)
            self._times = 0
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self._say)


def raise_limit() -> int:
    """Raise the limit of open files as far as this process may; returns it. Says so where that is not far."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    except (OSError, ValueError) as error:
        log.warning("the limit of open files stays at %d reason=%s", soft, error)
    if soft < FEW:
        log.warning("at most %d files and connections may be open: raise the hard limit (ulimit -Hn)", soft)
    return soft


def count_refusals(loop: asyncio.AbstractEventLoop) -> None:
    """Log one line with a count where nothing more can be opened, instead of a traceback for each connection."""
    refused = Counted("a connection could not be accepted, as too many files are open")

    def on_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _NONE_LEFT:
            refused.add()
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(on_error)
