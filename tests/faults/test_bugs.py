"""The checker is checked: seventeen bugs that a chat could have are each caught, and the same run without one is clean.

Those in what is done with edits, deletions and reactions need no luck to show: every run ends with one client that goes
away, changes of old messages by all the others, and its return.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.bugs import buggy, buggy_changes, buggy_files, buggy_index
from tests.faults.checker.verdict import Kind, Verdict
from tests.faults.run.nemesis import Fault
from tests.faults.run.run import Settings, run

Bug = Callable[[], None]
SEEDS = (1, 2, 3)  # a bug may hide behind chance in one run, and does not in all


@dataclass(frozen=True)
class Conditions:
    """What a run is made of, where runs differ."""

    faults: tuple[Fault, ...] = ()
    processes: int = 1
    files: float = 0.05
    messages: int = 600


CALM = Conditions()
KINDS: dict[Bug, tuple[Kind, Conditions]] = {
    buggy.ack_before_commit: (Kind.LOST, Conditions((Fault.KILL,) * 3)),
    buggy.no_unique_key: (Kind.DOUBLED, Conditions((Fault.KILL_WAITING,) * 4)),
    buggy.bigserial: (Kind.SKIPPED, Conditions((Fault.BACKENDS_WAITING,) * 3)),
    buggy.no_resume: (Kind.SKIPPED, Conditions((Fault.KILL,) * 2)),
    buggy.no_heads: (Kind.MISSED, CALM),
    # On a slow machine little comes while a reader stops.
    buggy.skips_when_slow: (Kind.SKIPPED, Conditions(messages=2_000)),
    buggy.no_membership_test: (Kind.OVERHEARD, CALM),
    buggy.no_anti_entropy: (Kind.MISSED, Conditions(processes=2)),
    buggy_changes.resumes_by_seq: (Kind.STALE, CALM),
    buggy_changes.order_kept_by_seq: (Kind.STALE, CALM),
    buggy_changes.changes_without_commit: (Kind.UNDONE, CALM),
    buggy_changes.quotes_left_behind: (Kind.DIVERGED, CALM),
    buggy_index.heads_before_lines: (Kind.MISINDEXED, Conditions((Fault.KILL,) * 3)),
    buggy_files.attached_in_another_commit: (Kind.DIVERGED, CALM),
    buggy_files.files_for_everybody: (Kind.OVERHEARD, CALM),
    buggy_files.hash_of_its_own_pieces: (Kind.CORRUPTED, Conditions(processes=2, files=0.3)),
    buggy_files.files_left_behind: (Kind.UNDELETED, CALM),
}


async def short_run(
    folder: Path, conditions: Conditions, *bugs: Bug, seed: int = SEEDS[0], sight_s: float = 60
) -> Verdict:
    """Processes that receive no doorbells and have narrow sockets; everybody's last words are pushed to nobody."""
    changes = ",".join(change.__name__ for change in (*buggy.TROUBLES, *bugs))
    settings = Settings(
        seed=seed,
        messages=conditions.messages,
        files=conditions.files,
        faults=conditions.faults,
        clients=12,
        sluggish_every=3,
        rooms=3,
        rooms_each=2,
        processes=conditions.processes,
        heartbeat_s=1,
        silent_s=60,  # or whoever gets no heads would come back by themselves
        sight_s=sight_s,
        program=("tests.faults.bugs.buggy", changes, "worker"),
        durable=False,
    )
    verdict = (await run(settings, folder, print)).verdict
    print(verdict)
    return verdict


async def test_without_a_bug_the_same_trouble_is_stood(open_folder: Path) -> None:
    faults = (Fault.KILL, Fault.KILL_WAITING, Fault.BACKENDS_WAITING)
    verdict = await short_run(open_folder, Conditions(faults, 2))

    assert verdict.is_clean, verdict.sentences
    assert min(verdict.acked, verdict.changed, verdict.carried, verdict.read, verdict.denied) > 0, verdict


@pytest.mark.parametrize("bug", KINDS, ids=lambda bug: bug.__name__)
async def test_a_planted_bug_is_caught(make_open_folder: Callable[[], Path], bug: Bug) -> None:
    kind, conditions = KINDS[bug]

    for seed in SEEDS:
        verdict = await short_run(make_open_folder(), conditions, bug, seed=seed, sight_s=6)
        if verdict.kinds[kind]:
            return
    pytest.fail(f"caught in none of {len(SEEDS)} runs")


def test_every_bug_is_tried() -> None:
    assert {*KINDS} == {*buggy.BUGS}
    assert len(KINDS) == 17
