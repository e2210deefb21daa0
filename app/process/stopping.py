"""SIGTERM, Ctrl-C and a closed terminal as one wish to stop, taken once however often it is sent.

Terminals, `make`, Heroku and impatient people all send these signals twice; the second must not cut short what the
first began. A closed terminal is SIGHUP, which operators send as well: to what serves it is a wish to reload then.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LEAVE_AGAIN_S = 0.01  # by SIGALRM, which nothing else here uses


class Stopping:
    """Until somebody listens, a wish to stop leaves by `SystemExit`, through every `with` and `finally`.

    Its code is 0 for what runs until it is stopped, else 128 and the number of the signal, as a shell has it.

    Python drops whatever is raised while it frees an object, `SystemExit` as well: then we leave a moment later.
    """

    def __init__(self) -> None:
        self._wished = self._is_end = self._had_terminal = self._reload_wished = False
        self._set: Callable[[], None] | None = None
        self._reload: Callable[[], None] | None = None
        self._leaving: SystemExit | None = None
        self._on_other_dropped = sys.unraisablehook

    def install(self) -> None:
        """Take the signals, in the main thread; except that under `nohup` a closed terminal means nothing."""
        self._had_terminal = _has_terminal()
        self._on_other_dropped, sys.unraisablehook = sys.unraisablehook, self._on_dropped
        signal.signal(signal.SIGALRM, lambda _number, _frame: self._stop())
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def is_the_end(self) -> None:
        """Say that what runs now ends well when it is stopped; SIGHUP stops it only where its terminal was closed."""
        self._is_end = True

    @contextmanager
    def as_event(self) -> Iterator[asyncio.Event]:
        """Within the block, inside a running loop, a wish to stop sets the event."""
        # Not `loop.add_signal_handler`: when the loop closes, that gives the signals back to Python, and a second one
        # would kill us while the database stops.
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._set = lambda: _call(loop, event.set)
        try:
            yield event
        finally:
            self._set = None

    @contextmanager
    def reloading(self, reload: Callable[[], None]) -> Iterator[None]:
        """Within the block, a wish to reload calls `reload` in the running loop; so does one of before."""
        loop = asyncio.get_running_loop()
        self._reload = lambda: _call(loop, reload)
        if self._reload_wished:
            self._reload()
        try:
            yield
        finally:
            self._reload = None

    def _on_signal(self, number: int, _frame: object) -> None:
        if self._wished:
            return
        if number == signal.SIGHUP and self._is_end and not (self._had_terminal and not _has_terminal()):
            self._reload_wished = True
            if self._reload is not None:
                self._reload()
            return
        self._wished = True
        self._leaving = SystemExit(0 if self._is_end else 128 + number)
        self._stop()

    def _stop(self) -> None:
        if self._leaving is None:
            return
        if self._set is None:
            raise self._leaving
        self._set()

    def _on_dropped(self, dropped: "sys.UnraisableHookArgs") -> None:
        if dropped.exc_value is not None and dropped.exc_value is self._leaving:
            signal.setitimer(signal.ITIMER_REAL, LEAVE_AGAIN_S)
        else:
            self._on_other_dropped(dropped)


def _call(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(callback)


def _has_terminal() -> bool:
    """Whether there is a terminal that can be closed. The kernel takes it from us before it sends SIGHUP."""
    try:
        os.close(os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
