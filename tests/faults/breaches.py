"""What the tests of the checker share: a run to be judged, and the list of the ways to break one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from tests.faults.checker.checker import judge
from tests.faults.checker.history import Closed, Live, Opened, Record, Resumed
from tests.faults.checker.ledger import Head, Row
from tests.faults.checker.verdict import Kind, Verdict
from tests.faults.checker.witness import Member

MEMBERS = {1: Member(101, frozenset({1})), 2: Member(102, frozenset({1, 2}))}


class Judged:
    """What the database holds at the end, and the histories of two clients."""

    rows: list[Row]
    heads: dict[int, Head]
    first: list[Record]
    second: list[Record]
    kept: Mapping[str, str] = MappingProxyType({})  # the digests of files in the database

    def judged(self) -> Verdict:
        return judge(MEMBERS, self.rows, self.heads, {1: self.first, 2: self.second}, self.kept)

    def clean(self) -> Verdict:
        """The verdict, in which nothing may be wrong."""
        verdict = self.judged()
        assert verdict.is_clean, verdict.sentences
        return verdict


def opened(client: int) -> list[Record]:
    """A first socket, while all rooms are empty."""
    rooms = dict.fromkeys(sorted(MEMBERS[client].rooms), 0)
    return [Opened(0, rooms), Resumed(rooms), *(Live(room, 0) for room in rooms)]


def back(head: int, cursor: int) -> list[Record]:
    """The socket closes, and the next one, at this head of room 1, resumes it from a cursor."""
    return [Closed(0, 1006), Opened(0, {1: head}), Resumed({1: cursor})]


Run = TypeVar("Run", bound=Judged)


@dataclass(frozen=True)
class Breach(Generic[Run]):
    """A way to break a run, the kind that the checker must name, and how its sentence begins."""

    into: Callable[[Run], None]
    kind: Kind
    sentence: str

    def __str__(self) -> str:
        return self.into.__name__

    def assert_named(self, run: Run) -> None:
        """Break a run in which nothing is wrong: the checker must say so."""
        self.into(run)

        verdict = run.judged()

        assert verdict.kinds[self.kind]
        begin = f"{self.kind.value}: {self.sentence}"
        assert any(each.startswith(begin) for each in verdict.sentences), verdict.sentences


class Breaches(list[Breach[Run]]):
    """Ways to break a run."""

    def of(self, kind: Kind, sentence: str) -> Callable[[Callable[[Run], None]], Callable[[Run], None]]:
        """Add the function below to the list."""

        def add(into: Callable[[Run], None]) -> Callable[[Run], None]:
            self.append(Breach(into, kind, sentence))
            return into

        return add

    @property
    def kinds(self) -> set[Kind]:
        return {breach.kind for breach in self}
