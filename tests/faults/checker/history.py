"""What a client writes down: one JSON array a line, the evidence on which the checker judges.

`at` is in seconds on the machine's monotonic clock, which all processes share. Messages that came one after the other,
without a gap, stand in one line together.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.faults.checker.state import PLAIN, Change, Details, State

MAX_RUN = 500
MAX_UNWRITTEN_BYTES = 64 * 1024


class Timed(Struct, array_like=True, frozen=True):
    at: float


class Posted(Timed, tag="post"):
    """A message was sent for the first time."""

    id: str
    room: int
    text: str
    reply_to: int | None = None
    files: tuple[str, ...] = ()


class Tried(Timed, tag="try"):
    """A change to a message was sent for the first time."""

    id: str
    change: Change


class Again(Timed, tag="again"):
    """A message or a change was sent once more, with the same id."""

    id: str


class Acked(Timed, tag="ack"):
    id: str
    room: int
    seq: int
    rev: int


class Refused(Timed, tag="refused"):
    """An error named this message or change; `final` when it may not be sent again."""

    id: str
    code: str
    final: bool


class Opened(Timed, tag="open"):
    """A new socket said hello, with these rooms at these revs."""

    rooms: dict[int, int]


class Resumed(Struct, array_like=True, tag="resume", frozen=True):
    """The client asked for everything after these cursors."""

    rooms: dict[int, int]


class Live(Struct, array_like=True, tag="live", frozen=True):
    room: int
    rev: int


class Reset(Timed, tag="reset"):
    room: int
    rev: int


class Saw(Struct, array_like=True, tag="saw"):
    """The socket brought these messages: `seq` and `rev` of the first, each of the others one more.

    `details` by seq, of those that carry any.
    """

    room: int
    seq: int
    rev: int
    texts: list[str]
    authors: list[int]
    details: dict[int, Details] = {}

    def takes(self, seq: int, rev: int, state: State) -> bool:
        """Add a message to the run, if it goes on with it."""
        count = len(self.texts)
        if seq != self.seq + count or rev != self.rev + count or count >= MAX_RUN:
            return False
        self.texts.append(state.text)
        self.authors.append(state.author)
        if state.details != PLAIN:
            self.details[seq] = state.details
        return True

    def states(self) -> Iterator[tuple[int, int, State]]:
        """Each message with its seq and rev."""
        for place, (text, author) in enumerate(zip(self.texts, self.authors, strict=True)):
            seq = self.seq + place
            yield seq, self.rev + place, State(text, author, self.details.get(seq, PLAIN))


class Received(Struct, array_like=True, tag="received", frozen=True):
    """The socket brought something about a room that is none of this client's."""

    room: int
    kind: str


class Closed(Timed, tag="closed"):
    code: int


class Loaded(Saw, array_like=True, tag="page"):
    """History over HTTP brought these messages."""


class Fetched(Timed, tag="fetched"):
    """A file was asked for that somebody saw in this message; `digest` of what came, None where it was refused."""

    room: int
    seq: int
    file: str
    digest: str | None


Record = Posted | Tried | Again | Acked | Refused | Opened | Resumed | Live | Reset | Saw | Loaded | Received | Fetched
Record |= Closed

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

    def note(self, record: Record) -> None:
        """Add a record whose place among the messages does not matter."""
        self._unwritten += _encode(record)
        self._unwritten += b"\n"
        if len(self._unwritten) > MAX_UNWRITTEN_BYTES:
            self._flush()

    def saw(self, room: int, seq: int, rev: int, state: State) -> None:
        """Add a message that the socket brought."""
        run = self._runs.get(room)
        if run is None or not run.takes(seq, rev, state):
            if run is not None:
                self.note(run)
            run = self._runs[room] = Saw(room, seq, rev, [], [])
            run.takes(seq, rev, state)

    def loaded(self, room: int, page: Iterable[tuple[int, int, State]]) -> None:
        """Add messages that came over HTTP, each with its seq and rev."""
        self._end_runs()
        run = Loaded(room, 0, 0, [], [])
        for seq, rev, state in page:
            if not run.takes(seq, rev, state):
                if run.texts:
                    self.note(run)
                run = Loaded(room, seq, rev, [], [])
                run.takes(seq, rev, state)
        if run.texts:
            self.note(run)

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


def now_s() -> float:
    return round(time.monotonic(), 3)


def records(path: Path) -> Iterator[Record]:
    """What stands in a client's file."""
    with path.open("rb") as lines:
        for line in lines:
            yield _decode(line)
