"""What the tests of the checker share: a run to be judged, and the list of the ways to break one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

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


class Breaches(list[tuple[Callable[[Run], None], Kind, str]]):
    """Ways to break a run, each with the kind that the checker must name, and how its sentence begins."""

    def of(self, kind: Kind, sentence: str) -> Callable[[Callable[[Run], None]], Callable[[Run], None]]:
        """Add the function below to the list."""

        def add(breach: Callable[[Run], None]) -> Callable[[Run], None]:
            self.append((breach, kind, sentence))
            return breach

        return add

    @property
    def kinds(self) -> set[Kind]:
        return {kind for _, kind, _ in self}


def assert_named(run: Judged, kind: Kind, sentence: str) -> None:
    verdict = run.judged()

    assert verdict.kinds[kind]
    assert any(each.startswith(f"{kind.value}: {sentence}") for each in verdict.sentences), verdict.sentences
