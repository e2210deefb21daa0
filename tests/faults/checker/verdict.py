"""What can be wrong with a run, by name."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

MAX_SENTENCES = 200


class Kind(StrEnum):
    """What a violation is; the value is its name in the report."""

    LOST = "lost"  # acknowledged, and not in the database as acknowledged
    MISSED = "missed"  # a member never saw it
    DOUBLED = "doubled"  # twice in the database, or twice on a live socket
    SKIPPED = "skipped"  # a number is missing, or a socket went on behind a gap
    DISORDER = "out of order"
    INVENTED = "invented"  # nobody posted it, or what was seen is not what stands in the database
    OVERHEARD = "overheard"  # by somebody who is no member, or said by one
    UNDONE = "undone"  # an acknowledged change is not in the database, and nobody took it back
    STALE = "stale"  # a member was left with an older state of a message than stands there
    BACKWARDS = "gone backwards"  # a socket brought an older state of a message after a newer one
    DIVERGED = "diverged"  # one rev showed different people different things, or others than stand there
    UNDELETED = "undeleted"  # what was deleted was there again
    CORRUPTED = "corrupted"  # the bytes of a file are not those that were sent
    MISINDEXED = "misindexed"  # a search would not find a message as it stands there, or find what does not
    MISCOUNTED = "miscounted"  # what files take is not what the server counted
    FAILED = "failed"  # somebody who looked at a page got an error


@dataclass
class Verdict:
    """The counts of a run, and every violation of the promise as a sentence, up to `MAX_SENTENCES`."""

    acked: int = 0
    changed: int = 0  # acknowledged edits, deletions and reactions
    unknown: int = 0  # posted and never acknowledged; they may stand in the database once, or not
    refused: int = 0
    seen: int = 0
    sockets: int = 0
    resets: int = 0
    carried: int = 0  # files that messages show in the end
    read: int = 0  # times that somebody got the bytes of a file
    denied: int = 0  # times that somebody did not
    kinds: Counter[Kind] = field(default_factory=Counter)
    sentences: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.kinds

    def report(self, kind: Kind, sentence: str) -> None:
        self.kinds[kind] += 1
        if len(self.sentences) < MAX_SENTENCES:
            self.sentences.append(f"{kind.value}: {sentence}")

    def __str__(self) -> str:
        counted = ", ".join(f"{self.kinds[kind]:,} {kind.value}" for kind in Kind)
        return (
            f"{self.acked:,} acknowledged and {self.changed:,} changes, {self.unknown:,} with an unknown outcome, "
            f"{self.seen:,} seen over "
            f"{self.sockets:,} sockets and {self.resets:,} resets, {self.carried:,} files shown, {self.read:,} times "
            f"read and {self.denied:,} times denied: {counted}"
        )
