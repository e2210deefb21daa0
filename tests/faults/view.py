"""One client's view of one room, as docs/PROTOCOL.md lets it come about. Pure."""

from bisect import bisect_left
from collections import deque

from tests.faults.history import Saw
from tests.faults.ledger import Report
from tests.faults.verdict import Kind


class View:
    """What a socket brings must go on where it stands: at the rev of its last message, and of `hello` at first.

    A resume is the exception: until it is answered by `live`, it may bring again what came after its cursor. And
    `live` may not claim more than was brought.
    """

    def __init__(self, who: str, report: Report) -> None:
        self._who = who
        self._report = report
        self._position = 0
        self._asked: deque[int] = deque()  # the cursors of resumes that are not answered yet
        self._is_brought = False  # whether the first of those has brought something
        self.held = Stretches()

    def opened(self, rev: int) -> None:
        self._position = rev
        self._asked.clear()
        self._is_brought = False

    def resumed(self, cursor: int) -> None:
        self._asked.append(cursor)

    def saw(self, run: Saw) -> None:
        self.held.add(run.seq, run.seq + len(run.texts) - 1)
        answers = bool(self._asked) and run.rev == self._asked[0] + 1
        self._is_brought = self._is_brought or answers
        if run.rev != self._position + 1 and not answers:
            told = f"{self._who}: the socket stood at rev {self._position} and brought rev {run.rev} (seq {run.seq})."
            if run.rev > self._position:
                self._report(Kind.SKIPPED, told)
            else:
                self._report(Kind.DOUBLED, told)
        self._position = run.rev + len(run.texts) - 1

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


class Stretches:
    """A set of numbers, kept as few stretches without gaps."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> None:
        begin = bisect_left(self._lasts, first - 1)  # the first stretch that touches or lies behind
        end = begin
        while end < len(self._firsts) and self._firsts[end] <= last + 1:
            first, last = min(first, self._firsts[end]), max(last, self._lasts[end])
            end += 1
        self._firsts[begin:end], self._lasts[begin:end] = [first], [last]

    def missing(self, last: int) -> list[tuple[int, int]]:
        """The stretches of 1 … `last` that are not there."""
        befores = [0, *self._lasts]
        afters = [*self._firsts, last + 1]
        gaps = [(before + 1, min(after - 1, last)) for before, after in zip(befores, afters, strict=True)]
        return [(begin, end) for begin, end in gaps if begin <= end]
