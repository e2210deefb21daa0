"""The others' answers to the same questions: one of them at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.search.others import NotHere, gin, sqlite, trigrams
from bench.search.questions import QUESTIONS, Question
from bench.search.timing import Times, timed

LOOKS, MOST_S = 5, 3.0  # of each question
OTHERS = {"plain GIN": gin.running, "SQLite FTS5": sqlite.running, "pg_trgm": trigrams.running}


@dataclass(frozen=True, slots=True)
class Beside:
    """How one did: by question, then by how many rooms the person is in. `missing` says why it was not asked."""

    bytes_a_message: float
    times: Mapping[str, Mapping[int, Times]]
    missing: str = ""


def measure_each(
    database_url: str, count: int, people: Mapping[int, int], folder: Path, show: Callable[[str], None]
) -> dict[str, Beside]:
    """Let each index the town and answer; `people` are the ids of the searchers, by how many rooms they are in."""
    found: dict[str, Beside] = {}
    for name, running in OTHERS.items():
        show(f"{name} indexes {count:,} messages …")
        try:
            with running(database_url, count, folder) as others:
                for other in others:
                    times = {each.name: _by_person(other.ask, each, people) for each in QUESTIONS}
                    found[other.name] = Beside(other.bytes_a_message, times)
                    show(f"  {other.name}: {found[other.name]}")
        except NotHere as error:
            found[name] = Beside(0, {}, str(error))
            show(f"  {error}")
    return found


def _by_person(ask: Callable[[Question, int], int], question: Question, people: Mapping[int, int]) -> dict[int, Times]:
    return {rooms: timed(lambda user=user: ask(question, user), LOOKS, MOST_S) for rooms, user in people.items()}
