"""The verdict over a run, in the manner of Jepsen: what clients wrote down, held against the database's final rows.

Pure: takes iterables, opens nothing. The rows are kept in memory (about 220 bytes a message), and what was seen of
those that have changed since; histories are streamed, so a run may have as many readers as it likes. What it insists
on:

- every acknowledged message stands in the database exactly once, where and as the ack said;
- a post with an unknown outcome stands there at most once, a refused one not at all, and nothing that nobody posted;
- the messages of a room are numbered 1 … n;
- every member has seen 1 … n, and is left with each as it stands there, each socket without gap, repetition or
  reordering, and never with an older state of a message after a newer one (`view.py`);
- each rev is one state of one message, the same for whoever saw it, and what is deleted stays deleted (`past.py`);
- an acknowledged edit, deletion or reaction is in the state that its ack names and in the last one, unless a later
  change undid it, and whatever was seen was wanted by those who may (`deeds.py`);
- what an author posted on one socket keeps its order: of the messages sent once and acknowledged on the same socket;
- nobody received anything of a room that is not theirs, and nobody wrote there;
- a message shows the files that it was posted with, whoever is in the room reads just the bytes that were sent, nobody
  else anything, and nothing is left of the files of deleted messages (`files.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set

from tests.faults.checker.deeds import Deeds
from tests.faults.checker.files import Files
from tests.faults.checker.history import Posted, Record
from tests.faults.checker.ledger import Head, Ledger, Row
from tests.faults.checker.past import Past
from tests.faults.checker.verdict import Kind, Verdict
from tests.faults.checker.witness import Member, Witness, may_be


def judge(
    members: Mapping[int, Member],
    rows: Iterable[Row],
    heads: Mapping[int, Head],
    histories: Mapping[int, Iterable[Record]],
    kept: Mapping[str, str],
) -> Verdict:
    """Judge a run; `members` and `histories` by client, `rows` by room and seq, `kept` the digests of files by id."""
    verdict = Verdict()
    ledger = Ledger(rows, heads, verdict.report)
    past = Past(ledger, verdict.report)
    deeds = Deeds(ledger, past, verdict.report)
    files = Files(kept, ledger, verdict)
    unknown: dict[str, Posted] = {}
    refused: set[str] = set()
    for client, records in histories.items():
        witness = Witness(client, members[client], ledger, past, deeds, files, verdict)
        for record in records:
            witness.take(record)
        witness.conclude()
        unknown |= witness.unacknowledged
        refused |= witness.refused
    _judge_unclaimed(ledger, unknown, refused, deeds, verdict)
    past.judge()
    deeds.judge()
    files.judge()
    verdict.unknown, verdict.refused = len(unknown), len(refused)
    return verdict


def _judge_unclaimed(
    ledger: Ledger, unknown: Mapping[str, Posted], refused: Set[str], deeds: Deeds, verdict: Verdict
) -> None:
    """Judge the messages that no ack named."""
    times: Counter[str] = Counter()
    strangers: list[Row] = []
    for row in ledger.unclaimed():
        where = f"Room {row.room}, seq {row.seq}"
        times[row.id] += 1
        post = unknown.get(row.id)
        if row.id in refused:
            verdict.report(Kind.INVENTED, f"{where}: {row.text!r} was refused, and stands there.")
        elif post is None or not may_be(row, post):
            strangers.append(row)
        elif times[row.id] > 1:
            verdict.report(Kind.DOUBLED, f"{where}: {row.text!r} stands there once more.")
        else:
            deeds.posted(row, post)
    acknowledged = _where(ledger, {row.id for row in strangers})
    for row in strangers:
        where = f"Room {row.room}, seq {row.seq}"
        if row.id in acknowledged:
            sentence = f"{row.text!r} was acknowledged at seq {acknowledged[row.id]}, and stands there once more."
            verdict.report(Kind.DOUBLED, f"{where}: {sentence}")
        else:
            verdict.report(Kind.INVENTED, f"{where}: nobody posted {row.text!r}.")


def _where(ledger: Ledger, ids: Set[str]) -> dict[str, int]:
    """The seqs of those messages that were acknowledged."""
    if not ids:
        return {}
    return {
        id: seq
        for room, _ in ledger.heads()
        for seq, (id, claimed) in enumerate(zip(ledger[room].ids, ledger[room].claimed, strict=True), 1)
        if claimed and id in ids
    }
