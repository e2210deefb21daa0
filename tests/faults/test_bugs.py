"""The checker is checked: seventeen bugs that a chat could have are each caught, and the same run without one is clean.

Those in what is done with edits, deletions and reactions need no luck to show: every run ends with one client that goes
away, changes of old messages by all the others, and its return.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.bugs import buggy, buggy_changes, buggy_files, buggy_index
from tests.faults.checker.verdict import Kind
from tests.faults.run.nemesis import Fault
from tests.faults.run.run import Outcome, Settings, run

Bug = Callable[[], None]


@dataclass(frozen=True)
class Breach:
    """What a bug breaks, and what it takes for it to show: often enough that chance does not hide it."""

    kind: Kind
    faults: tuple[Fault, ...] = ()
    processes: int = 1
    files: float = 0.05
    messages: int = 600


BREACHES: dict[Bug, Breach] = {
    buggy.ack_before_commit: Breach(Kind.LOST, (Fault.KILL,) * 3),
    buggy.no_unique_key: Breach(Kind.DOUBLED, (Fault.KILL_WAITING,) * 4),
    buggy.bigserial: Breach(Kind.SKIPPED, (Fault.BACKENDS_WAITING,) * 3),
    buggy.no_resume: Breach(Kind.SKIPPED, (Fault.KILL,) * 2),
    buggy.no_heads: Breach(Kind.MISSED),
    buggy.skips_when_slow: Breach(Kind.SKIPPED, messages=2_000),  # on a slow machine little comes while a reader stops
    buggy.no_membership_test: Breach(Kind.OVERHEARD),
    buggy.no_anti_entropy: Breach(Kind.MISSED, processes=2),
    buggy_changes.resumes_by_seq: Breach(Kind.STALE),
    buggy_changes.order_kept_by_seq: Breach(Kind.STALE),
    buggy_changes.changes_without_commit: Breach(Kind.UNDONE),
    buggy_changes.quotes_left_behind: Breach(Kind.DIVERGED),
    buggy_index.heads_before_lines: Breach(Kind.MISINDEXED, (Fault.KILL,) * 3),
    buggy_files.attached_in_another_commit: Breach(Kind.DIVERGED),
    buggy_files.files_for_everybody: Breach(Kind.OVERHEARD),
    buggy_files.hash_of_its_own_pieces: Breach(Kind.CORRUPTED, processes=2, files=0.3),
    buggy_files.files_left_behind: Breach(Kind.UNDELETED),
}


async def short_run(folder: Path, breach: Breach, *bugs: Bug, sight_s: float = 60) -> Outcome:
    """Processes that receive no doorbells and have narrow sockets; everybody's last words are pushed to nobody."""
    changes = ",".join(change.__name__ for change in (*buggy.TROUBLES, *bugs))
    settings = Settings(
        seed=1,
        messages=breach.messages,
        files=breach.files,
        faults=breach.faults,
        clients=12,
        sluggish_every=3,
        rooms=3,
        rooms_each=2,
        processes=breach.processes,
        heartbeat_s=1,
        silent_s=60,  # or whoever gets no heads would come back by themselves
        sight_s=sight_s,
        program=("tests.faults.bugs.buggy", changes, "worker"),
        durable=False,
    )
    outcome = await run(settings, folder, print)
    print(outcome.verdict)
    return outcome


async def test_without_a_bug_the_same_trouble_is_stood(open_folder: Path) -> None:
    faults = (Fault.KILL, Fault.KILL_WAITING, Fault.BACKENDS_WAITING)
    outcome = await short_run(open_folder, Breach(Kind.LOST, faults, 2))

    verdict = outcome.verdict
    assert verdict.is_clean, verdict.sentences
    assert min(verdict.acked, verdict.changed, verdict.carried, verdict.read, verdict.denied) > 0, verdict


@pytest.mark.parametrize("bug", BREACHES, ids=lambda bug: bug.__name__)
async def test_a_planted_bug_is_caught(open_folder: Path, bug: Bug) -> None:
    breach = BREACHES[bug]

    outcome = await short_run(open_folder, breach, bug, sight_s=6)

    assert outcome.verdict.kinds[breach.kind], outcome.verdict


def test_every_bug_is_tried() -> None:
    assert {*BREACHES} == {*buggy.BUGS}
    assert len(BREACHES) == 17
