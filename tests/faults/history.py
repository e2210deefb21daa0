"""What a client writes down: one JSON array a line, the evidence on which the checker judges.

`at` is in seconds on the machine's monotonic clock, which all processes share. Messages that came one after the other,
without a gap, stand in one line together.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

MAX_RUN = 500
MAX_UNWRITTEN_BYTES = 64 * 1024


class Posted(Struct, array_like=True, tag="post", frozen=True):
    """A message was sent for the first time."""

    at: float
    id: str
    room: int
    text: str


class Again(Struct, array_like=True, tag="again", frozen=True):
    """A message was sent once more, with the same id."""

    at: float
    id: str


class Acked(Struct, array_like=True, tag="ack", frozen=True):
    at: float
    id: str
    room: int
    seq: int
    rev: int


class Refused(Struct, array_like=True, tag="refused", frozen=True):
    """An error named this message; `final` when it may not be sent again."""

    at: float
    id: str
    code: str
    final: bool


class Opened(Struct, array_like=True, tag="open", frozen=True):
    """A new socket said hello, with these rooms at these revs."""

    at: float
    rooms: dict[int, int]


class Resumed(Struct, array_like=True, tag="resume", frozen=True):
    """The client asked for everything after these cursors."""

    rooms: dict[int, int]


class Live(Struct, array_like=True, tag="live", frozen=True):
    room: int
    rev: int


class Reset(Struct, array_like=True, tag="reset", frozen=True):
    at: float
    room: int
    rev: int


class Saw(Struct, array_like=True, tag="saw"):
    """The socket brought these messages: `seq` and `rev` of the first, each of the others one more."""

    room: int
    seq: int
    rev: int
    texts: list[str]
    authors: list[int]


class Loaded(Saw, array_like=True, tag="page"):
    """History over HTTP brought these messages."""


class Heard(Struct, array_like=True, tag="heard", frozen=True):
    """The socket brought something about a room that is none of this client's."""

    room: int
    kind: str


class Closed(Struct, array_like=True, tag="closed", frozen=True):
    at: float
    code: int


Record = Posted | Again | Acked | Refused | Opened | Resumed | Live | Reset | Saw | Loaded | Heard | Closed

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


class History:
    """One client's file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        self._runs: dict[int, Saw] = {}
        self._unwritten = bytearray()

    def write(self, record: Record) -> None:
        """Add a record, behind all messages that came before it."""
        self._end_runs()
        self.note(record)

    def note(self, record: Posted | Again | Acked | Refused) -> None:
        """Add a record whose place among the messages does not matter."""
        self._unwritten += _encode(record)
        self._unwritten += b"\n"
        if len(self._unwritten) > MAX_UNWRITTEN_BYTES:
            self._flush()

    def saw(self, room: int, seq: int, rev: int, text: str, author: int) -> None:
        run = self._runs.get(room)
        if run is not None:
            count = len(run.texts)
            if seq == run.seq + count and rev == run.rev + count and count < MAX_RUN:
                run.texts.append(text)
                run.authors.append(author)
                return
            self.note(run)
        self._runs[room] = Saw(room, seq, rev, [text], [author])

    def close(self) -> None:
        self._end_runs()
        self._flush()
        self._file.close()

    def _end_runs(self) -> None:
        for run in self._runs.values():
            self.note(run)
        self._runs.clear()

    def _flush(self) -> None:
        self._file.write(self._unwritten)
        self._file.flush()
        self._unwritten.clear()


def records(path: Path) -> Iterator[Record]:
    """What stands in a client's file."""
    with path.open("rb") as lines:
        for line in lines:
            yield _decode(line)
