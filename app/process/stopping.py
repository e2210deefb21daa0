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
    """Until somebody listens, a wish to stop leaves by `SystemExit`, through every `with` and `finally`.

    Its code is 0 for what runs until it is stopped, else 128 and the number of the signal, as a shell has it.
    """

    def __init__(self) -> None:
        self._wished = self._is_end = False
        self._set: Callable[[], None] | None = None

    def install(self) -> None:
        """Take the signals, in the main thread; except that under `nohup` a closed terminal means nothing."""
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def is_the_end(self) -> None:
        """Say that what runs now ends well when it is stopped."""
        self._is_end = True

    @contextmanager
    def as_event(self) -> Iterator[asyncio.Event]:
        """Within the block, inside a running loop, a wish to stop sets the event."""
        # Not `loop.add_signal_handler`: when the loop closes, that gives the signals back to Python, and a second one
        # would kill us while the database stops.
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._set = lambda: _set(loop, event)
        try:
            yield event
        finally:
            self._set = None

    def _on_signal(self, number: int, _frame: object) -> None:
        if self._wished:
            return
        self._wished = True
        if self._set is None:
            raise SystemExit(0 if self._is_end else 128 + number)
        self._set()


def _set(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)
