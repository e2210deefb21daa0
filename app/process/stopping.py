"""SIGTERM, Ctrl-C and a closed terminal as one wish to stop, taken once however often it is sent.

Terminals, `make`, Heroku and impatient people all send these signals twice; the second must not cut short what the
first began.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopping:
    """Until somebody listens, a wish to stop leaves by `SystemExit(0)`, through every `with` and `finally`."""

    def __init__(self) -> None:
        self._wished = False
        self._leave: Callable[[], None] = _exit

    def install(self) -> None:
        """Take the signals, in the main thread; except that under `nohup` a closed terminal means nothing."""
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    @contextmanager
    def as_event(self) -> Iterator[asyncio.Event]:
        """Within the block, inside a running loop, a wish to stop sets the event."""
        # Not `loop.add_signal_handler`: when the loop closes, that gives the signals back to Python, and a second one
        # would kill us while the database stops.
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._leave = lambda: _set(loop, event)
        try:
            yield event
        finally:
            self._leave = _exit

    def _on_signal(self, _number: int, _frame: object) -> None:
        if not self._wished:
            self._wished = True
            self._leave()


def _exit() -> None:
    raise SystemExit(0)


def _set(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)
