"""Counts the warnings and errors in the log of this process, by what they say."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MAX_KINDS = 100  # different ones; what comes beyond that is not counted
MAX_LENGTH = 200
_FIELDS = re.compile(r",? \w+=.*", re.DOTALL)  # who and what was concerned: that stands in the log alone


class Faults(logging.Handler):
    """A handler that writes nothing; `counts` has how often each was there, by its part of Parley and its sentence."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._counts: Counter[tuple[str, str]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line; called by `logging` under our lock, by any thread."""
        said = _FIELDS.sub("", record.getMessage())[:MAX_LENGTH]
        sentence = "".join(sign for sign in said if sign.isprintable())  # of the others some cannot be stored
        if record.exc_info and record.exc_info[0] is not None:
            sentence += f" ({record.exc_info[0].__name__})"
        kind = record.name.removeprefix("app.").partition(".")[0], sentence
        if kind in self._counts or len(self._counts) < MAX_KINDS:
            self._counts[kind] += 1

    def counts(self) -> dict[tuple[str, str], int]:
        self.acquire()
        try:
            return dict(self._counts)
        finally:
            self.release()

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Count what our own parts log while the block lasts: what others write may hold anything."""
        ours = logging.getLogger("app")
        ours.addHandler(self)
        try:
            yield
        finally:
            ours.removeHandler(self)
