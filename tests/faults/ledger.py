"""What the database holds at the end, as the thing to compare with. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.faults.history import Saw
from tests.faults.verdict import Kind


class Row(NamedTuple):
    """One row of `messages`."""

    room: int
    seq: int
    rev: int
    author: int
    id: str
    text: str


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
        self.revs: list[int] = []
        self.ids: list[str] = []
        self.claimed = bytearray()  # 1: somebody's ack named it

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, text: str, author: int, rev: int, id: str) -> None:
        self.texts.append(text)
        self.authors.append(author)
        self.revs.append(rev)
        self.ids.append(id)
        self.claimed.append(0)


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

    def _add(self, row: Row, report: Report) -> None:
        room = self._rooms[row.room]
        if row.seq <= len(room):
            report(Kind.DOUBLED, f"Room {row.room} has two messages with seq {row.seq}.")
            return
        if row.seq > len(room) + 1:
            report(Kind.SKIPPED, f"Room {row.room} has no messages with seq {len(room) + 1} to {row.seq - 1}.")
            while len(room) < row.seq - 1:
                room.add(*NOTHING)
        if room.revs and row.rev <= room.revs[-1]:
            report(Kind.DISORDER, f"Room {row.room}, seq {row.seq}: its rev {row.rev} is not above that before it.")
        room.add(row.text, row.author, row.rev, row.id)

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
        """The messages that nobody was told are there."""
        for room, rows in self._rooms.items():
            place = rows.claimed.find(0)
            while place >= 0:
                if rows.ids[place]:
                    yield self.row(room, place + 1)
                place = rows.claimed.find(0, place + 1)

    def row(self, room: int, seq: int) -> Row:
        rows, place = self[room], seq - 1
        return Row(room, seq, rows.revs[place], rows.authors[place], rows.ids[place], rows.texts[place])

    def difference(self, seen: Saw) -> int | None:
        """The seq of the first message that was seen otherwise than it stands here; None when all agree."""
        rows, begin, end = self[seen.room], seen.seq - 1, seen.seq - 1 + len(seen.texts)
        revs = range(seen.rev, seen.rev + len(seen.texts))
        if (
            begin >= 0
            and rows.texts[begin:end] == seen.texts
            and rows.authors[begin:end] == seen.authors
            and rows.revs[begin:end] == [*revs]
        ):
            return None
        for seq, *one in zip(range(begin + 1, end + 1), seen.texts, seen.authors, revs, strict=True):
            if not 1 <= seq <= len(rows) or one != [rows.texts[seq - 1], rows.authors[seq - 1], rows.revs[seq - 1]]:
                return seq
        return None
