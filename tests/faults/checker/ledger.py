"""What the database holds at the end, as the thing to compare with. Pure."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.faults.checker.history import Saw
from tests.faults.checker.state import PLAIN, Details, State
from tests.faults.checker.verdict import Kind


class Row(NamedTuple):
    """One row of `messages`, with what other tables add to it."""

    room: int
    seq: int
    rev: int
    author: int
    id: str
    text: str
    details: Details = PLAIN

    @property
    def state(self) -> State:
        return State(self.text, self.author, self.details)


class Head(NamedTuple):
    """The counters of one row of `rooms`."""

    last_seq: int
    last_rev: int


Report = Callable[[Kind, str], None]
NOTHING = ("", 0, 0, "")


class RoomRows:
    """A room's messages; the one with `seq` at place `seq - 1`, and `NOTHING` where a number was skipped."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.authors: list[int] = []
        self.revs = array("q")
        self.ids: list[str] = []
        self.details: dict[int, Details] = {}  # by seq, of those that carry any
        self.claimed = bytearray()  # 1: somebody's ack named it
        self._seqs = array("q", [0])  # by rev; 0 where it stands on no message any more

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, text: str, author: int, rev: int, id: str, details: Details = PLAIN) -> None:
        self.texts.append(text)
        self.authors.append(author)
        self.revs.append(rev)
        self.ids.append(id)
        self.claimed.append(0)
        if details != PLAIN:
            self.details[len(self)] = details
        self._seqs.extend([0] * (rev + 1 - len(self._seqs)))
        self._seqs[rev] = len(self) if rev else 0

    def at(self, rev: int) -> int:
        """The seq of the message on which a rev stands; 0 when that message has changed since."""
        return self._seqs[rev] if rev < len(self._seqs) else 0

    def stands_between(self, before: int, after: int) -> bool:
        """Whether a message stands at a rev between these two."""
        return any(self._seqs[before + 1 : after])

    @property
    def last_rev(self) -> int:
        return len(self._seqs) - 1


class Ledger:
    """All rooms' messages, numbered as they should be; what is wrong with the numbers is reported on the way in."""

    def __init__(self, rows: Iterable[Row], heads: Mapping[int, Head], report: Report) -> None:
        """`rows` by room and seq."""
        self._rooms = {room: RoomRows() for room in heads}
        for row in rows:
            self._add(row, report)
        for room, head in heads.items():
            count = len(self._rooms[room])
            if head.last_seq != count:
                report(Kind.SKIPPED, f"Room {room} counts {head.last_seq} messages and holds {count}.")
            if head.last_rev != (last := self._rooms[room].last_rev):
                report(Kind.SKIPPED, f"Room {room} counts {head.last_rev} changes, and the newest has rev {last}.")

    def _add(self, row: Row, report: Report) -> None:
        room = self._rooms[row.room]
        if row.seq <= len(room):
            report(Kind.DOUBLED, f"Room {row.room} has two messages with seq {row.seq}.")
            return
        if row.seq > len(room) + 1:
            report(Kind.SKIPPED, f"Room {row.room} has no messages with seq {len(room) + 1} to {row.seq - 1}.")
            while len(room) < row.seq - 1:
                room.add(*NOTHING)
        where = f"Room {row.room}, seq {row.seq}: its rev {row.rev}"
        if row.rev < row.seq:
            report(Kind.DISORDER, f"{where} is not above those before it.")
        if other := room.at(row.rev):
            report(Kind.DISORDER, f"{where} is that of seq {other} too.")
        room.add(row.text, row.author, row.rev, row.id, row.details)

    def __getitem__(self, room: int) -> RoomRows:
        return self._rooms.get(room) or RoomRows()

    def heads(self) -> Iterator[tuple[int, int]]:
        """Each room with its last seq."""
        for room, rows in self._rooms.items():
            yield room, len(rows)

    def claim(self, room: int, seq: int, id: str) -> bool:
        """Note that this message was acknowledged; False when it does not stand there."""
        rows = self[room]
        if not 1 <= seq <= len(rows) or rows.ids[seq - 1] != id:
            return False
        rows.claimed[seq - 1] = 1
        return True

    def unclaimed(self) -> Iterator[Row]:
        """The messages that are there, and were acknowledged to nobody."""
        for room, rows in self._rooms.items():
            place = rows.claimed.find(0)
            while place >= 0:
                if rows.ids[place]:
                    yield self.row(room, place + 1)
                place = rows.claimed.find(0, place + 1)

    def row(self, room: int, seq: int) -> Row:
        rows, place = self[room], seq - 1
        details = rows.details.get(seq, PLAIN)
        return Row(room, seq, rows.revs[place], rows.authors[place], rows.ids[place], rows.texts[place], details)

    def changed(self) -> Iterator[Row]:
        """The messages that carry more than a text."""
        for room, rows in self._rooms.items():
            for seq in rows.details:
                yield self.row(room, seq)

    def differences(self, seen: Saw) -> Iterator[tuple[int, int, State]]:
        """The messages, with seq and rev, that were seen otherwise than they stand here."""
        rows, begin, end = self[seen.room], seen.seq - 1, seen.seq - 1 + len(seen.texts)
        if (
            begin >= 0
            and rows.texts[begin:end] == seen.texts
            and rows.authors[begin:end] == seen.authors
            and rows.revs[begin:end] == array("q", range(seen.rev, seen.rev + len(seen.texts)))
            and {seq: rows.details[seq] for seq in range(begin + 1, end + 1) if seq in rows.details} == seen.details
        ):
            return
        for seq, rev, state in seen.states():
            is_there = 1 <= seq <= len(rows)
            if not is_there or (rev, state) != (rows.revs[seq - 1], self.row(seen.room, seq).state):
                yield seq, rev, state
