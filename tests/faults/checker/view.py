"""One client's view of one room, as docs/PROTOCOL.md lets it come about. Pure."""

from array import array
from collections import deque

from tests.faults.checker.history import Loaded, Saw
from tests.faults.checker.ledger import Report, RoomRows
from tests.faults.checker.verdict import Kind


class View:
    """What a socket brings must go on where it stands: at the rev of its last message, and of `hello` at first.

    It may leave out what was changed once more since, and nothing else. A resume is the exception: until it is answered
    by `live`, it may bring again what came after its cursor. And `live` may not claim more than was brought.
    """

    def __init__(self, who: str, rows: RoomRows, report: Report) -> None:
        self._who, self._rows, self._report = who, rows, report
        self._position = 0
        self._asked: deque[int] = deque()  # the cursors of resumes that are not answered yet
        self._is_brought = False  # whether the first of those has brought something
        self._brought: dict[int, int] = {}  # by seq, the rev at which this socket brought it
        self._held = array("q", bytes(8 * len(rows)))  # the newest rev of each message, however it came

    def opened(self, rev: int) -> None:
        self._position = rev
        self._asked.clear()
        self._is_brought = False
        self._brought.clear()

    def resumed(self, cursor: int) -> None:
        self._asked.append(cursor)

    def saw(self, run: Saw) -> None:
        """Take what came, over the socket or over HTTP."""
        self._hold(run)
        if isinstance(run, Loaded):
            return
        answers = bool(self._asked) and self._goes_on(self._asked[0], run.rev)
        self._is_brought = self._is_brought or answers
        if not answers and not self._goes_on(self._position, run.rev):
            sentence = f"the socket stood at rev {self._position} and brought rev {run.rev} (seq {run.seq})."
            self._report(Kind.SKIPPED if run.rev > self._position else Kind.DOUBLED, f"{self._who}: {sentence}")
        self._position = run.rev + len(run.texts) - 1
        for seq, rev in enumerate(range(run.rev, self._position + 1), run.seq):
            if (before := self._brought.get(seq, 0)) > rev:
                self._report(
                    Kind.BACKWARDS, f"{self._who}: the socket brought seq {seq} at rev {before}, then at rev {rev}."
                )
            self._brought[seq] = rev

    def _goes_on(self, position: int, rev: int) -> bool:
        return position < rev and not self._rows.stands_between(position, rev)

    def _hold(self, run: Saw) -> None:
        """Replace by seq, unless something newer is there."""
        begin, end = run.seq - 1, min(run.seq - 1 + len(run.texts), len(self._held))
        for place, rev in zip(range(begin, end), range(run.rev, run.rev + end - begin), strict=True):
            self._held[place] = max(self._held[place], rev)

    def live(self, rev: int) -> None:
        cursor = self._asked.popleft() if self._asked else self._position
        brought = self._position if self._is_brought else cursor
        self._is_brought = False
        if rev != brought:
            self._report(
                Kind.SKIPPED, f"{self._who}: live at rev {rev}, but everything was brought up to {brought} only."
            )
        self._position = rev

    def reset(self, rev: int) -> None:
        """What was asked for will not come over the socket: the client loads it."""
        self._position = rev
        if self._asked:
            self._asked[0] = rev

    def conclude(self) -> None:
        """Judge what is held in the end: every message, in the state in which it stands there."""
        if self._held == self._rows.revs:
            return
        missing: list[int] = []
        for seq, (held, rev) in enumerate(zip(self._held, self._rows.revs, strict=True), 1):
            if held == 0 < rev:
                missing.append(seq)
            elif held < rev:
                sentence = f"was left with seq {seq} at rev {held}, where it stands at rev {rev}."
                self._report(Kind.STALE, f"{self._who}: {sentence}")
        for first, last in stretches(missing):
            self._report(Kind.MISSED, f"{self._who}: never saw seq {first} to {last}.")


def stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """Rising numbers as stretches without gaps, each by its first and last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
